"""A library behind a slow line, which writes down what it is asked: the engine's word is not taken for it."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from demo.journal import Journal
from graphs.research_library import Hit, Library, Passage


class Watched:
    """Adds a line when it is asked, and one when it has answered.

    Args:
        library: Gives the answers.
        journal: Where the lines go.
        seconds: How long each answer takes.
    """

    def __init__(self, library: Library, journal: Journal, seconds: float) -> None:
        self.library = library
        self.journal = journal
        self.seconds = seconds

    async def search(self, query: str, *, limit: int) -> list[Hit]:
        async with self._written_down(f"search {query}"):
            return await self.library.search(query, limit=limit)

    async def read(self, passage_id: str) -> Passage:
        async with self._written_down(f"read {passage_id}"):
            return await self.library.read(passage_id)

    @asynccontextmanager
    async def _written_down(self, asked: str) -> AsyncIterator[None]:
        self.journal.append(what="begun", asked=asked, pid=os.getpid())
        await asyncio.sleep(self.seconds)
        yield
        self.journal.append(what="ended", asked=asked, pid=os.getpid())
