"""SQLite: one file, several worker processes (write-ahead log), one connection per worker."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import aiosqlite
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.store.sqlite.aio import AsyncSqliteStore

from orchestrator.calls import Rewind
from orchestrator.checkpoints.head import keep_head
from orchestrator.checkpoints.queries import load_queries
from orchestrator.checkpoints.saved import Row, Saved, Write, saved
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import (
    Asked,
    CheckpointStore,
    ForeignThread,
    Lease,
    OnCheckpoint,
    Rows,
    T,
    check_copied,
    kept_answers,
    report,
    superseded,
    without_output_of_failed,
)
from orchestrator.errors import StoreUnavailable

SQL = load_queries("sqlite.sql")
BUSY_TIMEOUT_SECONDS = 30.0


class SqliteStore(CheckpointStore):
    """One SQLite file."""

    def __init__(self, url: str, path: str) -> None:
        self.url = url
        self.path = str(Path(path).expanduser())
        self._writes = asyncio.Lock()
        self.reads = asyncio.Lock()

    async def __aenter__(self) -> Self:
        try:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            self.conn = await aiosqlite.connect(self.path, isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS)
            await self.conn.execute("PRAGMA journal_mode=WAL")
            await self.conn.execute("PRAGMA synchronous=FULL")
            self._memory_conn = await aiosqlite.connect(self.path, isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS)
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable(f"SQLite file {self.path!r} cannot be opened: {error}") from error
        self._memory = AsyncSqliteStore(self._memory_conn)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.conn.close()
        await self._memory_conn.close()

    async def setup(self) -> None:
        async with aiosqlite.connect(f"{self.path}-setup", isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS) as turn:
            # One process at a time: LangGraph's memory store reads its version and then alters its table, and a
            # second process that starts in between fails on the column that is there already.
            await turn.execute("BEGIN EXCLUSIVE")
            await AsyncSqliteSaver(self.conn).setup()
            await self.conn.execute(SQL["create_leases"])
            await self.conn.execute(SQL["create_values"])
            await self.conn.execute(SQL["create_continued"])
            await self.conn.execute(SQL["create_holds"])
            await self._memory.setup()

    async def acquire(self, lease: Lease, continued_from: str | None = None) -> None:
        async with self.transaction():
            await self._take(lease, continued_from)

    async def _take(self, lease: Lease, continued_from: str | None = None) -> None:
        held = await self._row("holder", lease.thread_id)
        if held is not None and held[0] not in (lease.run_id, continued_from):
            raise ForeignThread(lease.thread_id)
        if held is not None and held[0] == lease.run_id and held[1:] > (lease.token.turn, lease.token.attempt):
            raise superseded(lease)
        await self.conn.execute(SQL["take"], (lease.thread_id, lease.run_id, lease.token.turn, lease.token.attempt))

    async def branch(self, source: str, lease: Lease, rewind: Rewind | None, serde: Serializer) -> None:
        async with self.transaction():
            known = await self._row("holder", lease.thread_id)
            await self._take(lease)
            if known is not None or rewind is None:
                return
            span = {"new": lease.thread_id, "old": source, "upto": rewind.checkpoint_id}
            check_copied(source, rewind, (await self.conn.execute(SQL["branch_checkpoints"], span)).rowcount)
            await self.conn.execute(SQL["branch_writes"], span)
            if self.on_copied is not None:
                await self.on_copied(self._rows, source, lease.thread_id)
            if rewind.afresh:
                await self.conn.execute(SQL["forget_step"], (lease.thread_id, rewind.checkpoint_id))
            for (namespace, task_id), answered in kept_answers(rewind).items():
                await self._keep_first_answers((lease.thread_id, namespace, task_id), answered, serde)
            if rewind.head:
                await keep_head(self._rows, lease.thread_id)

    async def atomically(self, work: Callable[[Rows], Awaitable[T]], lease: Lease | None = None) -> T:
        async with self.transaction(lease):
            return await work(self._rows)

    async def rows(self, query: str, *parameters: object) -> list[Any]:
        async with self.reads:
            return await self._rows(query, *parameters)

    async def _rows(self, query: str, *parameters: object) -> list[Any]:
        return list(await self.conn.execute_fetchall(SQL[query], parameters))

    async def _keep_first_answers(self, task: tuple[str, str, str], count: int, serde: Serializer) -> None:
        """Leave a task that waited the answers it had then, and nothing else."""
        await self.conn.execute(SQL["forget_writes"], task)
        if count == 0:
            await self.conn.execute(SQL["forget_answers"], task)
        elif (row := await self._row("answers", *task)) is not None:
            kept = serde.dumps_typed(serde.loads_typed((row[0], row[1]))[:count])
            await self.conn.execute(SQL["keep_answers"], (*kept, *task))

    async def latest(self, thread_id: str) -> str | None:
        row = await self._row("latest", thread_id)
        return None if row is None else row[0]

    async def saved(self, thread_id: str) -> list[Saved]:
        async with self.reads:
            rows = await self.conn.execute_fetchall(SQL["saved"], (thread_id,))
            writes = await self.conn.execute_fetchall(SQL["saved_writes"], (thread_id,))
        return saved(
            (Row(row[0], row[1], row[2], json.loads(row[3] or "{}"), row[4]) for row in rows),
            (Write(*row) for row in writes),
        )

    @asynccontextmanager
    async def transaction(self, lease: Lease | None = None) -> AsyncIterator[None]:
        """A write transaction; with a lease, one that fails unless the lease still holds.

        `BEGIN IMMEDIATE` takes the file's write lock before the lease is read, so nobody can take it over between the
        check and the commit.
        """
        async with self._writes:
            try:
                await self.conn.execute("BEGIN IMMEDIATE")
                await self._check(lease)
                yield
                await self.conn.commit()
            except sqlite3.OperationalError as error:
                await self.conn.rollback()
                raise StoreUnavailable(f"SQLite file {self.path!r} takes no writes: {error}") from error
            except BaseException:
                # Whatever was cancelled may still be on its way to the connection's thread; the rollback queues behind
                # it. Asking first whether a transaction is open would be asking too early, and leave it open.
                await self.conn.rollback()
                raise

    async def _check(self, lease: Lease | None) -> None:
        if lease is not None:
            held = await self._row("holder", lease.thread_id)
            if held != (lease.run_id, lease.token.turn, lease.token.attempt):
                raise superseded(lease)

    async def _row(self, query: str, *parameters: object) -> Any:
        async with self.conn.execute(SQL[query], parameters) as cursor:
            return await cursor.fetchone()

    def saver(
        self, lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None = None
    ) -> "FencedSqliteSaver":
        return FencedSqliteSaver(self, lease, serde, on_checkpoint)

    async def asked(self, thread_id: str, serde: Serializer) -> list[Asked]:
        async with self.conn.execute(SQL["asked"], (thread_id,)) as cursor:
            return [Asked(row[0], row[1], row[2], serde.loads_typed((row[3], row[4]))) async for row in cursor]

    async def answered(self, thread_id: str, checkpoint_ns: str, task_id: str, serde: Serializer) -> int:
        row = await self._row("answers", thread_id, checkpoint_ns, task_id)
        return 0 if row is None else len(serde.loads_typed((row[0], row[1])))

    @property
    def name(self) -> str:
        return f"sqlite:///{Path(self.path).absolute()}"

    async def put_value(self, key: str, data: bytes) -> None:
        async with self.transaction():
            await self.conn.execute(SQL["put_value"], (key, data))

    async def get_value(self, key: str) -> bytes | None:
        row = await self._row("get_value", key)
        return None if row is None else row[0]

    def memory(self) -> AsyncSqliteStore:
        return self._memory


class FencedSqliteSaver(AsyncSqliteSaver):
    """LangGraph's saver, with the lease checked in the transaction of each write."""

    def __init__(
        self, store: SqliteStore, lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None
    ) -> None:
        super().__init__(store.conn, serde=serde)
        self.naming = serde.naming
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
            with self.naming(checkpoint["channel_values"].items()):
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
            with self.naming(writes):
                await super().aput_writes(config, without_output_of_failed(writes), task_id, task_path)

    async def adelete_thread(self, thread_id: str) -> None:
        async with self.store.transaction(self.lease):
            await super().adelete_thread(thread_id)
