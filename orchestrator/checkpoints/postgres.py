"""PostgreSQL: one pool per worker, one light saver per stage (LangGraph's holds a lock per instance)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Self
from weakref import WeakSet

import psycopg
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.store.postgres.aio import AsyncPostgresStore
from psycopg.rows import tuple_row

from orchestrator.calls import Rewind
from orchestrator.checkpoints.batched import end_batches
from orchestrator.checkpoints.group_commit import GroupCommit
from orchestrator.checkpoints.needed import unneeded
from orchestrator.checkpoints.postgres_pool import Connection, PostgresPool
from orchestrator.checkpoints.postgres_saver import FencedPostgresSaver
from orchestrator.checkpoints.postgres_schema import MIGRATIONS, OLD_TABLES, find_schema, migrate, turn
from orchestrator.checkpoints.postgres_writes import SQL, PostgresWrite, fenced, parameters
from orchestrator.checkpoints.row import Row
from orchestrator.checkpoints.saved import Saved, Write, saved
from orchestrator.checkpoints.schema import Schema
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.sql_copy import copy_thread
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
from orchestrator.checkpoints.whole import Whole, uninterrupted
from orchestrator.errors import SchemaMismatch

__all__ = ["FencedPostgresSaver", "PostgresStore"]

RECONNECT_SECONDS = 5.0
"""For how long the pool doubles its pause between two attempts to connect; then it begins again with 1 s."""


class PostgresStore(CheckpointStore):
    """One PostgreSQL database."""

    by_channel = True

    def __init__(self, url: str, max_connections: int = 20, reconnect_seconds: float = RECONNECT_SECONDS) -> None:
        self.pool = PostgresPool(url, max_connections, reconnect_seconds)
        self.url = self.pool.url
        self.migrations = MIGRATIONS
        self.whole = Whole()
        self._groups: WeakSet[GroupCommit[PostgresWrite]] = WeakSet()
        self.commits = self.group(partial(self.commit, patient=False))
        """Of small writes, whichever thread they belong to."""

    async def __aenter__(self) -> Self:
        await self.pool.open()
        self._memory = AsyncPostgresStore(conn=self.pool.connections)
        return self

    async def __aexit__(self, *exc: object) -> None:
        for group in list(self._groups):
            await group.settled()
        await self.whole.settled()
        await end_batches(self._memory)
        await self.pool.close()

    async def setup(self) -> None:
        try:
            async with self.pool.connection() as conn, turn(conn), self.pool.connection() as other:
                await AsyncPostgresSaver(other).setup()
                await AsyncPostgresStore(conn=other).setup()
                await migrate(other, self.migrations, self._where)
        except psycopg.errors.InsufficientPrivilege as error:
            said = " ".join(str(error).split())
            raise SchemaMismatch(
                f"{self._where} lacks tables of this release, and this user may not create them ({said}): run "
                "`orchestrator setup` as one who may."
            ) from error

    async def prepare(self) -> None:
        schema = await self._schema()
        if schema.version == 0:
            await self.setup()
        else:
            schema.check(self._where, self.migrations)

    async def _schema(self) -> Schema:
        async with self.pool.connection() as conn:
            return await find_schema(conn)

    @property
    def _where(self) -> str:
        return f"PostgreSQL at {self.pool.address}"

    @uninterrupted
    async def acquire(self, lease: Lease, continued_from: str | None = None) -> None:
        async with self.connection() as conn:  # one statement, and so one transaction
            await _take(conn, lease, continued_from)

    @uninterrupted
    async def branch(self, source: str, lease: Lease, rewind: Rewind | None, serde: Serializer) -> None:
        async with self.connection() as conn, conn.transaction():
            if await _value(conn, "take_new", _wanted(lease)) is None:
                await _take(conn, lease)
            elif rewind is not None:
                rows = partial(_rows, conn)
                await copy_thread(
                    rows,
                    source,
                    lease.thread_id,
                    rewind,
                    statements=["branch"],
                    serde=serde,
                    on_copied=self.on_copied,
                )
                if rewind.head:
                    await _prune(conn, lease)

    @uninterrupted
    async def atomically(self, work: Callable[[Rows], Awaitable[T]]) -> T:
        async with self.connection() as conn, conn.transaction():
            return await work(partial(_rows, conn))

    @uninterrupted
    async def prune(self, lease: Lease, base: str = "") -> None:
        async with self.connection() as conn:
            with fenced(lease):
                await _prune(conn, lease, base)

    @uninterrupted
    async def rows(self, query: str, *parameters: object) -> list[Any]:
        async with self.connection() as conn:
            return await _rows(conn, query, *parameters)

    @uninterrupted
    async def latest(self, thread_id: str) -> str | None:
        async with self.connection() as conn:
            latest: str | None = await _value(conn, "latest", (thread_id,))
        return latest

    @uninterrupted
    async def saved(self, thread_id: str) -> list[Saved]:
        async with self.connection() as conn:
            rows = await (await conn.execute(SQL["saved"], (thread_id,))).fetchall()
            writes = await (await conn.execute(SQL["saved_writes"], (thread_id,))).fetchall()
        return saved((Row(**row) for row in rows), (Write(**row) for row in writes))

    def saver(
        self, lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None = None
    ) -> FencedPostgresSaver:
        return FencedPostgresSaver(self, lease, serde, on_checkpoint)

    @uninterrupted
    async def asked(self, thread_id: str, serde: Serializer) -> list[Asked]:
        async with self.connection() as conn:
            rows = await (await conn.execute(SQL["asked"], (thread_id,))).fetchall()
        return [
            Asked(row["checkpoint_ns"], row["task_id"], row["task_path"], serde.loads_typed((row["type"], row["blob"])))
            for row in rows
        ]

    @uninterrupted
    async def answered(self, thread_id: str, checkpoint_ns: str, task_id: str, serde: Serializer) -> int:
        async with self.connection() as conn:
            row = await (await conn.execute(SQL["answers"], (thread_id, checkpoint_ns, task_id))).fetchone()
        return 0 if row is None else len(serde.loads_typed((row["type"], row["blob"])))

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection of the pool.

        Raises:
            StoreUnavailable: The server is gone. *Retryable.*
            SchemaMismatch: A statement failed because the tables are not this release's. *Retryable.*
        """
        try:
            async with self.pool.connection() as conn:
                yield conn
        except OLD_TABLES as error:
            raise (await self._schema()).mismatch(self._where, self.migrations) or error from None

    @uninterrupted
    async def put_value(self, key: str, data: bytes) -> None:
        async with self.connection() as conn:
            await conn.execute(SQL["put_value"], (key, data))

    @uninterrupted
    async def get_value(self, key: str) -> bytes | None:
        async with self.connection() as conn:
            value: bytes | None = await _value(conn, "get_value", (key,))
        return value

    def group(self, together: Callable[[Sequence[PostgresWrite]], Awaitable[None]]) -> GroupCommit[PostgresWrite]:
        """Writes that go to the server together."""
        group = GroupCommit(together, self._commit_alone, self.pool.patience_seconds)
        self._groups.add(group)
        return group

    async def commit(self, writes: Sequence[PostgresWrite], *, patient: bool) -> None:
        """Write in one transaction, if all leases hold.

        Raises:
            LeaseLost: The one lease of all these writes is lost. *Not retryable.*
            StoreUnavailable: The server does not answer. *Retryable.*
            psycopg.Error: One of several leases is lost or, without patience, locked; or a row was refused.
        """
        leases = {write.lease for write in writes}
        async with self.connection() as conn:
            with fenced(leases.pop() if len(leases) == 1 else None):
                await conn.execute(SQL["write"], {**parameters(writes), "patient": patient})

    async def commit_patiently(self, writes: Sequence[PostgresWrite]) -> None:
        """The writes of one thread."""
        await self.commit(writes, patient=True)

    async def _commit_alone(self, write: PostgresWrite) -> None:
        await self.commit([write], patient=True)

    def memory(self) -> AsyncPostgresStore:
        return self._memory


async def _take(conn: Connection, lease: Lease, continued_from: str | None = None) -> None:
    """Take a thread, or say why not."""
    wanted = _wanted(lease) | {"continued_from": continued_from}
    if await _value(conn, "take", wanted) is not None:
        return
    async with conn.transaction():  # in which whoever has it keeps it until we know who that is
        if await _value(conn, "take", wanted) is None:
            holder = await _value(conn, "holder", (lease.thread_id,))
            raise superseded(lease) if holder == lease.run_id else ForeignThread(lease.thread_id)


async def _prune(conn: Connection, lease: Lease, base: str = "") -> None:
    """What is to go is found by one statement, and goes by another; only the second needs the lease."""
    found = await (await conn.execute(SQL["after"], {"thread": lease.thread_id, "base": base})).fetchall()
    goes = unneeded(Row(**row) for row in found)
    places = {"namespaces": [namespace for namespace, _ in goes], "ids": [checkpoint_id for _, checkpoint_id in goes]}
    await conn.execute(SQL["prune"], _wanted(lease) | places)


def _wanted(lease: Lease) -> dict[str, Any]:
    """A lease as the queries that take it want it."""
    token = lease.token
    return {"thread": lease.thread_id, "run": lease.run_id, "turn": token.turn, "attempt": token.attempt}


async def _rows(conn: Connection, query: str, *parameters: object) -> list[Any]:
    """All rows, as tuples."""
    async with conn.cursor(row_factory=tuple_row) as cur:
        await cur.execute(SQL[query], parameters or None)
        return await cur.fetchall() if cur.description else []


async def _value(conn: Connection, query: str, parameters: Any) -> Any:
    """The column `value` of the first row, or None."""
    row = await (await conn.execute(SQL[query], parameters)).fetchone()
    return None if row is None else row["value"]
