import asyncio
from pathlib import Path

import pytest

from activities.research_notebook import LibraryNotebook
from graphs.research_library import LONGEST_PASSAGE, Hit, Passage


class Site:
    """A web site, which may be down."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.down = False

    async def search(self, query: str, *, limit: int) -> list[Hit]:
        self.asked.append(query)
        return [Hit(passage_id="https://example.org/a", title="A")][:limit]

    async def read(self, passage_id: str) -> Passage:
        self.asked.append(passage_id)
        if self.down:
            raise ConnectionError("503")
        return Passage(passage_id=passage_id, text=f"{len(self.asked)} " + "x" * 2 * LONGEST_PASSAGE)


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notes" / "notebook.db"


async def test_what_was_answered_under_a_key_is_not_asked_again_by_another_worker(site: Site, path: Path) -> None:
    first = await LibraryNotebook(site, path).read("https://example.org/a", key="k")
    again = await LibraryNotebook(site, path).read("https://example.org/a", key="k")
    assert first == again
    assert await LibraryNotebook(site, path).search("a", limit=3, key="s") == await LibraryNotebook(site, path).search(
        "a", limit=3, key="s"
    )
    assert site.asked == ["https://example.org/a", "a"]
    assert LibraryNotebook(site, path).notes() == ["read https://example.org/a", "search a"]


async def test_another_piece_of_research_asks_for_itself(site: Site, path: Path) -> None:
    notebook = LibraryNotebook(site, path)
    await notebook.read("https://example.org/a", key="k")
    await notebook.read("https://example.org/a", key="other")
    assert len(site.asked) == 2


async def test_what_failed_is_not_noted(site: Site, path: Path) -> None:
    notebook, site.down = LibraryNotebook(site, path), True
    with pytest.raises(ConnectionError):
        await notebook.read("https://example.org/a", key="k")
    site.down = False
    await notebook.read("https://example.org/a", key="k")
    assert len(site.asked) == 2


async def test_two_workers_at_once_agree_on_one_answer(site: Site, path: Path) -> None:
    notebooks = [LibraryNotebook(site, path) for _ in range(4)]
    answers = await asyncio.gather(*(notebook.read("https://example.org/a", key="k") for notebook in notebooks))
    assert len(set(answers)) == 1


async def test_no_more_is_read_than_was_reckoned_with(site: Site, path: Path) -> None:
    passage = await LibraryNotebook(site, path).read("https://example.org/a", key="k")
    assert len(passage.text) == LONGEST_PASSAGE
    assert Hit(passage_id="https://example.org/a").tokens == LONGEST_PASSAGE / 4
