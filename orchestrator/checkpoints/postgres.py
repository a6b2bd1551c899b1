"""PostgreSQL: one pool per worker, one light saver per stage (LangGraph's holds a lock per instance)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Self
from weakref import WeakSet

import psycopg
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.store.postgres.aio import AsyncPostgresStore
from psycopg.rows import dict_row, tuple_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from orchestrator.calls import Rewind
from orchestrator.checkpoints.group_commit import GroupCommit
from orchestrator.checkpoints.head import keep_head
from orchestrator.checkpoints.postgres_address import CONNECT_TIMEOUT_SECONDS, Address, split_options, unavailable
from orchestrator.checkpoints.postgres_saver import FencedPostgresSaver
from orchestrator.checkpoints.postgres_schema import MIGRATIONS, OLD_TABLES, find_schema, migrate, turn
from orchestrator.checkpoints.postgres_writes import LEASE_LOST, SQL, PostgresWrite, parameters
from orchestrator.checkpoints.saved import Row, Saved, Write, saved
from orchestrator.checkpoints.schema import Schema
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
    superseded,
)
from orchestrator.checkpoints.whole import Whole, uninterrupted
from orchestrator.errors import SchemaMismatch, StoreUnavailable

__all__ = ["FencedPostgresSaver", "PostgresStore"]

RECONNECT_SECONDS = 5.0
"""For how long the pool doubles its pause between two attempts to connect; then it begins again with 1 s."""
NOTICE_A_SILENT_NETWORK = {
    "keepalives_idle": 10,  # seconds
    "keepalives_interval": 5,  # seconds
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds
}
"""libpq's options: without them a write over a connection that died without a word hangs for hours."""


class Connection(psycopg.AsyncConnection[Any]):
    """One that tells how the attempt to open it ended: a pool keeps that to itself."""

    @classmethod
    async def connect(cls, *args: Any, **kwargs: Any) -> Self:
        on_attempt: Callable[[psycopg.Error | None], None] = kwargs.pop("on_attempt")
        try:
            made = await super().connect(*args, **kwargs)
        except psycopg.Error as error:
            on_attempt(error)
            raise
        on_attempt(None)
        return made


class PostgresStore(CheckpointStore):
    """One PostgreSQL database."""

    by_channel = True

    def __init__(self, url: str, max_connections: int = 20, reconnect_seconds: float = RECONNECT_SECONDS) -> None:
        self.url, self.prepares = split_options(url)
        self.address = Address.of(self.url)
        self.migrations = MIGRATIONS
        self.max_connections = max_connections
        self.reconnect_seconds = reconnect_seconds
        self.whole = Whole()
        self.patience_seconds = float(self.address.connect_timeout_seconds if self.address else CONNECT_TIMEOUT_SECONDS)
        self._groups: WeakSet[GroupCommit[PostgresWrite]] = WeakSet()
        self.commits = self.group(partial(self.commit, patient=False))
        """Of small writes, whichever thread they belong to."""
        self._refused: psycopg.Error | None = None

    async def __aenter__(self) -> Self:
        options: dict[str, Any] = {
            "autocommit": True,
            "prepare_threshold": 0 if self.prepares else None,
            "row_factory": dict_row,
            "connect_timeout": int(self.patience_seconds),
            "on_attempt": self._heard,
            **NOTICE_A_SILENT_NETWORK,
        }
        self.pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
            self.url,
            connection_class=Connection,
            min_size=1,
            max_size=self.max_connections,
            timeout=self.patience_seconds,
            reconnect_timeout=self.reconnect_seconds,
            reconnect_failed=AsyncConnectionPool.check,  # which grows an empty pool: so it never ceases to try
            open=False,
            kwargs=options,
        )
        try:
            # Not through the pool, which would go on trying and not say why.
            await (await Connection.connect(self.url, **options)).close()
            await self.pool.open(wait=True, timeout=self.patience_seconds)
        except (PoolTimeout, psycopg.Error) as error:
            await self.pool.close()
            raise self._unavailable(error) from None  # what the driver says of a malformed URL may show a password
        self._memory = AsyncPostgresStore(conn=self.pool)
        return self

    def _heard(self, refused: psycopg.Error | None) -> None:
        self._refused = refused

    def _unavailable(self, error: Exception) -> StoreUnavailable:
        """A pool that has run out of patience does not say whether connections were refused, or busy."""
        if not isinstance(error, PoolTimeout):
            return unavailable(self.address, error)
        return unavailable(self.address, self._refused or f"none of {self.max_connections} connections came free")

    async def __aexit__(self, *exc: object) -> None:
        for group in list(self._groups):
            await group.settled()
        await self.whole.settled()
        await self.pool.close()

    async def setup(self) -> None:
        try:
            async with self._connection() as conn, turn(conn), self._connection() as other:
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
        async with self._connection() as conn:
            return await find_schema(conn)

    @property
    def _where(self) -> str:
        return f"PostgreSQL at {self.address}"

    @uninterrupted
    async def acquire(self, lease: Lease, continued_from: str | None = None) -> None:
        async with self.connection() as conn, conn.transaction():
            await _take(conn, lease, continued_from)

    @uninterrupted
    async def branch(self, source: str, lease: Lease, rewind: Rewind | None, serde: Serializer) -> None:
        async with self.connection() as conn, conn.transaction():
            known = await _value(conn, "holder", (lease.thread_id,))
            await _take(conn, lease)
            if known is not None or rewind is None:
                return
            span = {"new": lease.thread_id, "old": source, "upto": rewind.checkpoint_id}
            check_copied(source, rewind, (await conn.execute(SQL["branch_checkpoints"], span)).rowcount)
            await conn.execute(SQL["branch_writes"], span)
            if rewind.afresh:
                await conn.execute(SQL["forget_step"], (lease.thread_id, rewind.checkpoint_id))
            await conn.execute(SQL["branch_blobs"], {"new": lease.thread_id, "old": source})
            if self.on_copied is not None:
                await self.on_copied(partial(_rows, conn), source, lease.thread_id)
            for (namespace, task_id), answered in kept_answers(rewind).items():
                await _keep_first_answers(conn, (lease.thread_id, namespace, task_id), answered, serde)
            if rewind.head:
                await keep_head(partial(_rows, conn), lease.thread_id)

    @uninterrupted
    async def atomically(self, work: Callable[[Rows], Awaitable[T]], lease: Lease | None = None) -> T:
        async with self.connection() as conn:
            try:
                async with conn.transaction():
                    if lease is not None:
                        token = lease.token
                        await conn.execute(
                            SQL["check_lease"], (lease.thread_id, lease.run_id, token.turn, token.attempt)
                        )
                    return await work(partial(_rows, conn))
            except psycopg.DatabaseError as error:
                if lease is not None and error.sqlstate == LEASE_LOST:
                    raise superseded(lease) from error
                raise

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
            async with self._connection() as conn:
                yield conn
        except OLD_TABLES as error:
            raise (await self._schema()).mismatch(self._where, self.migrations) or error from None

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        """One whose server may be gone: StoreUnavailable.

        Connections that a server restart has cut are thrown out at the first failure, so the next attempt gets live
        ones, without asking the server for a sign of life before each statement.
        """
        try:
            async with self.pool.connection() as conn:
                yield conn
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
            if isinstance(error, PoolTimeout) or error.sqlstate is None or error.sqlstate[:2] in ("08", "57"):
                await self.pool.check()
                raise self._unavailable(error) from error
            raise

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
        group = GroupCommit(together, self._commit_alone, self.patience_seconds)
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
        try:
            async with self.connection() as conn:
                await conn.execute(SQL["write"], {**parameters(writes), "patient": patient})
        except psycopg.DatabaseError as error:
            if error.sqlstate == LEASE_LOST and len(leases) == 1 and (lease := leases.pop()) is not None:
                raise superseded(lease) from error
            raise

    async def commit_patiently(self, writes: Sequence[PostgresWrite]) -> None:
        """The writes of one thread."""
        await self.commit(writes, patient=True)

    async def _commit_alone(self, write: PostgresWrite) -> None:
        await self.commit([write], patient=True)

    def memory(self) -> AsyncPostgresStore:
        return self._memory


async def _take(conn: Connection, lease: Lease, continued_from: str | None = None) -> None:
    """Take a thread, or say why not."""
    wanted = {
        "thread": lease.thread_id,
        "run": lease.run_id,
        "turn": lease.token.turn,
        "attempt": lease.token.attempt,
        "continued_from": continued_from,
    }
    if await _value(conn, "take", wanted) is None:
        holder = await _value(conn, "holder", (lease.thread_id,))
        raise superseded(lease) if holder == lease.run_id else ForeignThread(lease.thread_id)


async def _keep_first_answers(conn: Connection, task: tuple[str, str, str], count: int, serde: Serializer) -> None:
    """Leave a task that waited the answers it had then, and nothing else."""
    await conn.execute(SQL["forget_writes"], task)
    if count == 0:
        await conn.execute(SQL["forget_answers"], task)
        return
    row = await (await conn.execute(SQL["answers"], task)).fetchone()
    if row is not None:
        kept = serde.dumps_typed(serde.loads_typed((row["type"], row["blob"]))[:count])
        await conn.execute(SQL["keep_answers"], (*kept, *task))


async def _rows(conn: Connection, query: str, *parameters: object) -> list[Any]:
    """All rows, as tuples."""
    async with conn.cursor(row_factory=tuple_row) as cur:
        await cur.execute(SQL[query], parameters or None)
        return await cur.fetchall() if cur.description else []


async def _value(conn: Connection, query: str, parameters: Any) -> Any:
    """The column `value` of the first row, or None."""
    row = await (await conn.execute(SQL[query], parameters)).fetchone()
    return None if row is None else row["value"]
