"""A SQLite connection, and the one thread that uses it."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self, TypeVar

T = TypeVar("T")
BUSY_TIMEOUT_SECONDS = 30.0
"""For how long a statement waits for another process's transaction."""


class SqliteThread:
    """Runs functions on the connection, one after the other, each in one hop from the event loop and back."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writer")

    async def __aenter__(self) -> Self:
        try:
            await self._run(self._open)
        except BaseException:  # a cancellation as well: a thread that is left behind keeps the process from ending
            self._executor.shutdown(wait=False)
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self(sqlite3.Connection.close)
        self._executor.shutdown()

    async def __call__(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """What the function returns. If the caller is cancelled it runs to its end nevertheless, if it has begun."""
        return await self._run(lambda: function(self._conn))

    async def rows(self, query: str, parameters: Any = ()) -> list[Any]:
        """All rows of a query."""
        return await self(lambda conn: conn.execute(query, parameters).fetchall())

    async def changed(self, query: str, parameters: Any = ()) -> int:
        """How many rows a statement has changed."""
        return await self(lambda conn: conn.execute(query, parameters).rowcount)

    async def _run(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, function)

    def _open(self) -> None:
        self._conn = sqlite3.connect(self._path, isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS)
        self._conn.execute("PRAGMA journal_mode=WAL")
        self._conn.execute("PRAGMA synchronous=FULL")
