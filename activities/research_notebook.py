"""What was read, in a SQLite file that several workers share."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import TypeAdapter

from graphs.research_library import LONGEST_PASSAGE, Hit, Library, Passage

BUSY_TIMEOUT_SECONDS = 30.0
HITS = TypeAdapter(list[Hit])


class LibraryNotebook:
    """Writes down each answer of a library (`graphs.research_library.Notebook`).

    LangGraph writes down that a node has finished a moment after it has read. A worker killed in that moment reads
    nothing twice either: the note stands here, under the key of the node's execution.
    """

    def __init__(self, library: Library, path: Path) -> None:
        self.library = library
        self.path = path

    async def search(self, query: str, *, limit: int, key: str) -> list[Hit]:
        """See `graphs.research_library.Notebook`."""

        async def fetch() -> str:
            return HITS.dump_json(await self.library.search(query, limit=limit)).decode()

        return HITS.validate_json(await self._once(key, f"search {query}", fetch))

    async def read(self, passage_id: str, *, key: str) -> Passage:
        """See `graphs.research_library.Notebook`."""

        async def fetch() -> str:
            passage = await self.library.read(passage_id)
            return passage.model_copy(update={"text": passage.text[:LONGEST_PASSAGE]}).model_dump_json()

        return Passage.model_validate_json(await self._once(key, f"read {passage_id}", fetch))

    def notes(self) -> list[str]:
        """What was searched for and read, in order: `search QUERY` and `read PASSAGE`."""
        with self._open() as file:
            return [row[0] for row in file.execute("SELECT what FROM notes ORDER BY rowid")]

    async def _once(self, key: str, what: str, fetch: Callable[[], Awaitable[str]]) -> str:
        """What stands under the key; what is fetched, if nothing does."""
        known = await asyncio.to_thread(self._note, key)
        if known is None:
            known = await asyncio.to_thread(self._keep, key, what, await fetch())
        return known

    def _note(self, key: str) -> str | None:
        with self._open() as file:
            row = file.execute("SELECT answer FROM notes WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def _keep(self, key: str, what: str, answer: str) -> str:
        """The answer that holds: the first, if a worker that was taken for dead has written one meanwhile."""
        with self._open() as file:
            file.execute("INSERT OR IGNORE INTO notes (key, what, answer) VALUES (?, ?, ?)", (key, what, answer))
            return str(file.execute("SELECT answer FROM notes WHERE key = ?", (key,)).fetchone()[0])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        try:
            file.execute("PRAGMA journal_mode=WAL")
            file.execute(
                "CREATE TABLE IF NOT EXISTS notes (key TEXT NOT NULL UNIQUE, what TEXT NOT NULL, answer TEXT NOT NULL)"
            )
            yield file
        finally:
            file.close()
