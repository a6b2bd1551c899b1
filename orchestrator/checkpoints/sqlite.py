"""SQLite: one file, several worker processes (write-ahead log), one connection per worker."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import aiosqlite
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.store.sqlite.aio import AsyncSqliteStore

from orchestrator.checkpoints.store import Asked, CheckpointStore, Lease, OnCheckpoint, report, superseded
from orchestrator.errors import StoreUnavailable

BUSY_TIMEOUT_SECONDS = 30.0


class SqliteStore(CheckpointStore):
    """One SQLite file."""

    def __init__(self, url: str, path: str) -> None:
        self.url = url
        self.path = path
        self._writes = asyncio.Lock()
        self.reads = asyncio.Lock()

    async def __aenter__(self) -> Self:
        try:
            Path(self.path).expanduser().parent.mkdir(parents=True, exist_ok=True)
            self.conn = await aiosqlite.connect(
                Path(self.path).expanduser(), isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS
            )
            await self.conn.execute("PRAGMA journal_mode=WAL")
            await self.conn.execute("PRAGMA synchronous=FULL")
            self._memory_conn = await aiosqlite.connect(
                Path(self.path).expanduser(), isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS
            )
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable(f"SQLite file {self.path!r} cannot be opened: {error}") from error
        self._memory = AsyncSqliteStore(self._memory_conn)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.conn.close()
        await self._memory_conn.close()

    async def setup(self) -> None:
        await AsyncSqliteSaver(self.conn).setup()
        await self.conn.executescript(files("orchestrator.checkpoints").joinpath("sqlite.sql").read_text())
        await self._memory.setup()

    async def acquire(self, lease: Lease) -> None:
        async with self.transaction():
            held = await self._held(lease.thread_id)
            if held is not None and held[0] == lease.run_id and held[1:] > (lease.token.turn, lease.token.attempt):
                raise superseded(lease)
            await self.conn.execute(
                "INSERT INTO orchestrator_leases (thread_id, run_id, turn, attempt) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (thread_id) DO UPDATE SET "
                "run_id = excluded.run_id, turn = excluded.turn, attempt = excluded.attempt",
                (lease.thread_id, lease.run_id, lease.token.turn, lease.token.attempt),
            )

    @asynccontextmanager
    async def transaction(self, lease: Lease | None = None) -> AsyncIterator[None]:
        """A write transaction; with a lease, one that fails unless the lease still holds.

        `BEGIN IMMEDIATE` takes the file's write lock before the lease is read, so nobody can take it over between the
        check and the commit.
        """
        async with self._writes:
            await self.conn.execute("BEGIN IMMEDIATE")
            try:
                if lease is not None and await self._held(lease.thread_id) != (
                    lease.run_id,
                    lease.token.turn,
                    lease.token.attempt,
                ):
                    raise superseded(lease)
                yield
                if self.conn.in_transaction:
                    await self.conn.commit()
            finally:
                if self.conn.in_transaction:
                    await self.conn.rollback()

    async def _held(self, thread_id: str) -> tuple[str, int, int] | None:
        query = "SELECT run_id, turn, attempt FROM orchestrator_leases WHERE thread_id = ?"
        async with self.conn.execute(query, (thread_id,)) as cursor:
            row = await cursor.fetchone()
        return None if row is None else (row[0], row[1], row[2])

    def saver(
        self, lease: Lease | None, serde: SerializerProtocol, on_checkpoint: OnCheckpoint | None = None
    ) -> "FencedSqliteSaver":
        return FencedSqliteSaver(self, lease, serde, on_checkpoint)

    async def asked(self, thread_id: str, serde: SerializerProtocol) -> list[Asked]:
        query = (
            "SELECT checkpoint_ns, task_id, task_path, type, value FROM writes "
            "WHERE thread_id = ? AND channel = '__interrupt__'"
        )
        async with self.conn.execute(query, (thread_id,)) as cursor:
            return [Asked(row[0], row[1], row[2], serde.loads_typed((row[3], row[4]))) async for row in cursor]

    async def answered(self, thread_id: str, checkpoint_ns: str, task_id: str, serde: SerializerProtocol) -> int:
        query = (
            "SELECT type, value FROM writes "
            "WHERE thread_id = ? AND checkpoint_ns = ? AND task_id = ? AND channel = '__resume__'"
        )
        async with self.conn.execute(query, (thread_id, checkpoint_ns, task_id)) as cursor:
            row = await cursor.fetchone()
        return 0 if row is None else len(serde.loads_typed((row[0], row[1])))

    def memory(self) -> AsyncSqliteStore:
        return self._memory


class FencedSqliteSaver(AsyncSqliteSaver):
    """LangGraph's saver, with the lease checked in the transaction of each write."""

    def __init__(
        self, store: SqliteStore, lease: Lease | None, serde: SerializerProtocol, on_checkpoint: OnCheckpoint | None
    ) -> None:
        super().__init__(store.conn, serde=serde)
        self.store = store
        self.lease = lease
        self.on_checkpoint = on_checkpoint
        self.lock = store.reads  # cursors of one connection take turns, whichever stage they serve
        self.is_setup = True

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        async with self.store.transaction(self.lease):
            written = await super().aput(config, checkpoint, metadata, new_versions)
        report(self.on_checkpoint, written, metadata)
        return written

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        async with self.store.transaction(self.lease):
            await super().aput_writes(config, writes, task_id, task_path)

    async def adelete_thread(self, thread_id: str) -> None:
        async with self.store.transaction():
            await super().adelete_thread(thread_id)
