"""Where answers are looked for: an offline corpus, or the adapter of a web search API. Knows nothing of either."""

from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

LONGEST_PASSAGE = 4_000
"""Characters of one passage that are read; the rest of a longer one is left unread."""
CHARACTERS_PER_TOKEN = 4
"""The usual rule of thumb for English."""


class Hit(BaseModel):
    """Something that a search found."""

    model_config = ConfigDict(frozen=True)

    passage_id: str = Field(pattern=r"^[^\s\[\]]+$")
    """Stable: citations carry it. `topic#paragraph` of a corpus, or a page's URL."""
    title: str = ""
    snippet: str = ""
    size_chars: int | None = None
    """Of the passage; None: unknown until it is read, so the longest is reckoned with."""

    @property
    def tokens(self) -> int:
        """What reading it costs at most."""
        return tokens_of(LONGEST_PASSAGE if self.size_chars is None else min(self.size_chars, LONGEST_PASSAGE))


class Passage(BaseModel):
    """A text that was read."""

    model_config = ConfigDict(frozen=True)

    passage_id: str
    title: str = ""
    text: str


class Library(Protocol):
    """What an adapter has to do. Whatever it raises for an outage is tried again by the engine."""

    async def search(self, query: str, *, limit: int) -> list[Hit]:
        """The best hits, best first.

        Raises:
            OSError: The service does not answer. *Retryable.*
        """
        ...

    async def read(self, passage_id: str) -> Passage:
        """The whole passage.

        Raises:
            LookupError: There is no such passage. *Not retryable.*
            OSError: The service does not answer. *Retryable.*
        """
        ...


class Notebook(Protocol):
    """A library whose answers are written down: what was answered under a key is not asked again."""

    async def search(self, query: str, *, limit: int, key: str) -> list[Hit]:
        """As `Library.search`."""
        ...

    async def read(self, passage_id: str, *, key: str) -> Passage:
        """As `Library.read`, at most `LONGEST_PASSAGE` characters of it."""
        ...


def tokens_of(characters: int) -> int:
    """About how many tokens a text has."""
    return -(-characters // CHARACTERS_PER_TOKEN)
