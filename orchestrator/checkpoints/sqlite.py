"""SQLite: one file, several worker processes (write-ahead log), one writer per worker."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Self

import aiosqlite
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.store.sqlite.aio import AsyncSqliteStore

from orchestrator.calls import Rewind
from orchestrator.checkpoints.batched import end_batches
from orchestrator.checkpoints.group_commit import GroupCommit
from orchestrator.checkpoints.row import Row
from orchestrator.checkpoints.saved import Saved, Write, saved
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.sql_copy import copy_thread
from orchestrator.checkpoints.sqlite_saver import FencedSqliteSaver
from orchestrator.checkpoints.sqlite_schema import MIGRATIONS, find_schema, is_of_other_version, migrate
from orchestrator.checkpoints.sqlite_thread import BUSY_TIMEOUT_SECONDS, SqliteThread
from orchestrator.checkpoints.sqlite_writes import SQL, SqliteWrite, begin, prune, rollback, write
from orchestrator.checkpoints.store import (
    Asked,
    CheckpointStore,
    ForeignThread,
    Lease,
    OnCheckpoint,
    Rows,
    T,
    superseded,
)
from orchestrator.errors import SchemaMismatch, StoreUnavailable

__all__ = ["FencedSqliteSaver", "SqliteStore"]


class SqliteStore(CheckpointStore):
    """One SQLite file."""

    def __init__(self, url: str, path: str) -> None:
        self.url = url
        self.path = str(Path(path).expanduser())
        self.migrations = MIGRATIONS
        self.writer = SqliteThread(self.path)
        self._writes = asyncio.Lock()
        self.reads = asyncio.Lock()
        self.commits: GroupCommit[SqliteWrite] = GroupCommit(
            self._commit, lambda write: self._commit([write]), BUSY_TIMEOUT_SECONDS
        )
        """Of what savers write, whichever thread it belongs to."""

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opened:
            try:
                Path(self.path).parent.mkdir(parents=True, exist_ok=True)
                await opened.enter_async_context(self.writer)
                self.reader, for_memory = [await opened.enter_async_context(self._connected()) for _ in range(2)]
            except (OSError, sqlite3.Error) as error:
                raise StoreUnavailable(f"{self._where} cannot be opened: {error}") from error
            self._memory = AsyncSqliteStore(for_memory)
            opened.push_async_callback(end_batches, self._memory)
            opened.push_async_callback(self.commits.settled)
            self._opened = opened.pop_all()
        return self

    def _connected(self) -> aiosqlite.Connection:
        return aiosqlite.connect(self.path, isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS)

    async def __aexit__(self, *exc: object) -> None:
        await self._opened.aclose()

    async def setup(self) -> None:
        try:
            await self._langgraph_s_tables()
            await self.writer(partial(migrate, migrations=self.migrations, where=self._where))
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(f"{self._where} takes no writes: {error}") from error

    async def prepare(self) -> None:
        schema = await self.writer(find_schema)
        if schema.version == 0:
            await self.setup()
            return
        schema.check(self._where, self.migrations)
        await self._langgraph_s_tables()

    async def _langgraph_s_tables(self) -> None:
        async with aiosqlite.connect(f"{self.path}-setup", isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS) as turn:
            # One process at a time: LangGraph's memory store reads its version and then alters its table, and a
            # second process that starts in between fails on the column that is there already.
            await turn.execute("BEGIN EXCLUSIVE")
            await AsyncSqliteSaver(self.reader).setup()
            await self._memory.setup()

    @property
    def _where(self) -> str:
        return f"SQLite file {self.path!r}"

    async def acquire(self, lease: Lease, continued_from: str | None = None) -> None:
        async with self.transaction():
            await self._take(lease, continued_from)

    async def _take(self, lease: Lease, continued_from: str | None = None) -> None:
        held = await self._row("holder", lease.thread_id)
        if held is not None and held[0] not in (lease.run_id, continued_from):
            raise ForeignThread(lease.thread_id)
        if held is not None and held[0] == lease.run_id and held[1:] > (lease.token.turn, lease.token.attempt):
            raise superseded(lease)
        await self.writer.rows(SQL["take"], (lease.thread_id, lease.run_id, lease.token.turn, lease.token.attempt))

    async def branch(self, source: str, lease: Lease, rewind: Rewind | None, serde: Serializer) -> None:
        async with self.transaction():
            known = await self._row("holder", lease.thread_id)
            await self._take(lease)
            if known is None and rewind is not None:
                await copy_thread(
                    self._rows,
                    source,
                    lease.thread_id,
                    rewind,
                    statements=["branch_checkpoints", "branch_writes"],
                    serde=serde,
                    on_copied=self.on_copied,
                )
                if rewind.head:
                    await self.writer(partial(prune, thread_id=lease.thread_id))

    async def atomically(self, work: Callable[[Rows], Awaitable[T]]) -> T:
        async with self.transaction():
            return await work(self._rows)

    async def prune(self, lease: Lease, base: str = "") -> None:
        async with self.transaction(lease):
            await self.writer(partial(prune, thread_id=lease.thread_id, base=base))

    async def rows(self, query: str, *parameters: object) -> list[Any]:
        try:
            async with self.reads:
                return list(await self.reader.execute_fetchall(SQL[query], parameters))
        except sqlite3.OperationalError as error:
            raise await self._mismatch(error) or error from None

    async def _rows(self, query: str, *parameters: object) -> list[Any]:
        """In the transaction that is open."""
        return await self.writer.rows(SQL[query], parameters)

    async def latest(self, thread_id: str) -> str | None:
        row = await self._read("latest", thread_id)
        return None if row is None else row[0]

    async def saved(self, thread_id: str) -> list[Saved]:
        async with self.reads:
            rows = await self.reader.execute_fetchall(SQL["saved"], (thread_id,))
            writes = await self.reader.execute_fetchall(SQL["saved_writes"], (thread_id,))
        return saved(
            (Row(row[0], row[1], row[2], json.loads(row[3] or "{}"), row[4]) for row in rows),
            (Write(*row) for row in writes),
        )

    @asynccontextmanager
    async def transaction(self, lease: Lease | None = None) -> AsyncIterator[None]:
        """A write transaction; with a lease, one that fails unless the lease still holds."""
        async with self._writes:
            try:
                await self.writer(partial(begin, lease=lease))
                yield
                await self.writer(sqlite3.Connection.commit)
            except sqlite3.OperationalError as error:
                await self._roll_back()
                raise await self._takes_no_writes(error) from error
            except BaseException:  # a cancellation as well: the next transaction needs a connection without one
                await self._roll_back()
                raise

    async def _roll_back(self) -> None:
        """Whatever was cancelled may still be on its way to the connection's thread; the rollback queues behind it, and
        stays there if its caller is cancelled again. Asking first whether a transaction is open would be asking too
        early, and leave it open."""
        await asyncio.shield(self.writer(rollback))

    async def _commit(self, writes: Sequence[SqliteWrite]) -> None:
        """Write in one transaction.

        Raises:
            LeaseLost: One lease is lost. *Not retryable.*
            StoreUnavailable: The file takes no writes. *Retryable.*
            sqlite3.Error: One of several writes was refused.
        """
        async with self._writes:
            try:
                await self.writer(partial(write, writes=writes))
            except sqlite3.OperationalError as error:
                # A full disk may have room for some of them; a file that is locked is locked for all.
                if len(writes) > 1 and getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:
                    raise
                raise await self._takes_no_writes(error) from error

    async def _takes_no_writes(self, error: sqlite3.Error) -> StoreUnavailable:
        return await self._mismatch(error) or StoreUnavailable(f"{self._where} takes no writes: {error}")

    async def _mismatch(self, error: sqlite3.Error) -> SchemaMismatch | None:
        """If a statement failed because the file's tables are not this release's: what to do about it."""
        if not is_of_other_version(error):
            return None
        return (await self.writer(find_schema)).mismatch(self._where, self.migrations)

    async def delete(self, thread_id: str, lease: Lease | None) -> None:
        """Delete a thread's checkpoints, while the lease holds.

        Raises:
            LeaseLost: It does not. *Not retryable.*
        """
        async with self.transaction(lease):
            await self._rows("drop_checkpoints", str(thread_id))
            await self._rows("drop_writes", str(thread_id))

    async def _row(self, query: str, *parameters: object) -> Any:
        """The first row, in the transaction that is open."""
        return next(iter(await self._rows(query, *parameters)), None)

    async def _read(self, query: str, *parameters: object) -> Any:
        """The first row of what is committed."""
        return next(iter(await self.rows(query, *parameters)), None)

    def saver(
        self, lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None = None
    ) -> FencedSqliteSaver:
        return FencedSqliteSaver(self, lease, serde, on_checkpoint)

    async def asked(self, thread_id: str, serde: Serializer) -> list[Asked]:
        rows = await self.rows("asked", thread_id)
        return [Asked(row[0], row[1], row[2], serde.loads_typed((row[3], row[4]))) for row in rows]

    async def answered(self, thread_id: str, checkpoint_ns: str, task_id: str, serde: Serializer) -> int:
        row = await self._read("answers", thread_id, checkpoint_ns, task_id)
        return 0 if row is None else len(serde.loads_typed((row[0], row[1])))

    @property
    def name(self) -> str:
        return f"sqlite:///{Path(self.path).absolute()}"

    async def put_value(self, key: str, data: bytes) -> None:
        async with self.transaction():
            await self.writer.rows(SQL["put_value"], (key, data))

    async def get_value(self, key: str) -> bytes | None:
        row = await self._read("get_value", key)
        return None if row is None else row[0]

    def memory(self) -> AsyncSqliteStore:
        return self._memory
