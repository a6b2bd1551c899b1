"""PostgreSQL: one pool per worker, one light saver per stage (LangGraph's holds a lock per instance)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any, Self

import psycopg
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.serde.base import SerializerProtocol
from langgraph.store.postgres.aio import AsyncPostgresStore
from psycopg import AsyncCursor
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from orchestrator.checkpoints.store import Asked, CheckpointStore, Lease, OnCheckpoint, report, superseded
from orchestrator.errors import StoreUnavailable

LEASE_LOST = "ORL01"
"""SQLSTATE that `orchestrator_check_lease` raises; `OR` is a class that PostgreSQL leaves to its users."""
SETUP_LOCK = 0x0C0E57A70
"""Advisory lock: one process at a time creates the tables."""
CONNECT_TIMEOUT_SECONDS = 10.0


class PostgresStore(CheckpointStore):
    """One PostgreSQL database."""

    def __init__(self, url: str, max_connections: int = 20) -> None:
        self.url = url
        self.max_connections = max_connections

    async def __aenter__(self) -> Self:
        self.pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
            self.url,
            min_size=1,
            max_size=self.max_connections,
            timeout=CONNECT_TIMEOUT_SECONDS,
            open=False,
            kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
        )
        try:
            await self.pool.open(wait=True, timeout=CONNECT_TIMEOUT_SECONDS)
        except (PoolTimeout, psycopg.Error) as error:
            await self.pool.close()
            raise StoreUnavailable(f"PostgreSQL does not answer: {error}") from error
        self._memory = AsyncPostgresStore(conn=self.pool)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.pool.close()

    async def setup(self) -> None:
        async with self.pool.connection() as conn:
            # Trying again and not waiting: CREATE INDEX CONCURRENTLY waits for every open statement, so a process
            # that blocked in pg_advisory_lock() would deadlock with the one that holds it.
            while not await _one(conn, "SELECT pg_try_advisory_lock(%s) AS value", SETUP_LOCK):
                await asyncio.sleep(0.05)
            try:
                await AsyncPostgresSaver(conn).setup()
                await conn.execute(
                    files("orchestrator.checkpoints").joinpath("postgres.sql").read_bytes(), prepare=False
                )
                await self._memory.setup()
            finally:
                await conn.execute("SELECT pg_advisory_unlock(%s)", (SETUP_LOCK,))

    async def acquire(self, lease: Lease) -> None:
        async with self.connection() as conn:
            row = await _one(
                conn,
                """
                INSERT INTO orchestrator_leases AS held (thread_id, run_id, turn, attempt) VALUES (%s, %s, %s, %s)
                ON CONFLICT (thread_id) DO UPDATE
                SET run_id = excluded.run_id, turn = excluded.turn, attempt = excluded.attempt
                WHERE held.run_id <> excluded.run_id
                   OR (held.turn, held.attempt) <= (excluded.turn, excluded.attempt)
                RETURNING 1 AS value
                """,
                lease.thread_id,
                lease.run_id,
                lease.token.turn,
                lease.token.attempt,
            )
        if row is None:
            raise superseded(lease)

    def saver(
        self, lease: Lease | None, serde: SerializerProtocol, on_checkpoint: OnCheckpoint | None = None
    ) -> "FencedPostgresSaver":
        return FencedPostgresSaver(self, lease, serde, on_checkpoint)

    async def asked(self, thread_id: str, serde: SerializerProtocol) -> list[Asked]:
        query = (
            "SELECT checkpoint_ns, task_id, task_path, type, blob FROM checkpoint_writes "
            "WHERE thread_id = %s AND channel = '__interrupt__'"
        )
        async with self.connection() as conn:
            rows = await (await conn.execute(query, (thread_id,))).fetchall()
        return [
            Asked(row["checkpoint_ns"], row["task_id"], row["task_path"], serde.loads_typed((row["type"], row["blob"])))
            for row in rows
        ]

    async def answered(self, thread_id: str, checkpoint_ns: str, task_id: str, serde: SerializerProtocol) -> int:
        query = (
            "SELECT type, blob FROM checkpoint_writes "
            "WHERE thread_id = %s AND checkpoint_ns = %s AND task_id = %s AND channel = '__resume__'"
        )
        async with self.connection() as conn:
            row = await (await conn.execute(query, (thread_id, checkpoint_ns, task_id))).fetchone()
        return 0 if row is None else len(serde.loads_typed((row["type"], row["blob"])))

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """A connection of the pool; what it raises when the server is gone is StoreUnavailable.

        Connections that a server restart has cut are thrown out at the first failure, so the next attempt gets live
        ones, without asking the server for a sign of life before each statement.
        """
        try:
            async with self.pool.connection() as conn:
                yield conn
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
            if isinstance(error, PoolTimeout) or error.sqlstate is None or error.sqlstate[:2] in ("08", "57"):
                await self.pool.check()
                raise StoreUnavailable(f"PostgreSQL does not answer: {error}") from error
            raise

    def memory(self) -> AsyncPostgresStore:
        return self._memory


class FencedPostgresSaver(AsyncPostgresSaver):
    """LangGraph's saver, with the lease checked first in the transaction of each write."""

    def __init__(
        self, store: PostgresStore, lease: Lease | None, serde: SerializerProtocol, on_checkpoint: OnCheckpoint | None
    ) -> None:
        super().__init__(store.pool, serde=serde)
        self.store = store
        self.lease = lease
        self.on_checkpoint = on_checkpoint

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        written = await super().aput(config, checkpoint, metadata, new_versions)
        report(self.on_checkpoint, written, metadata)
        return written

    @asynccontextmanager
    async def _cursor(self, *, pipeline: bool = False) -> AsyncIterator[AsyncCursor[DictRow]]:
        """LangGraph asks for `pipeline` exactly where it writes: there the statements become one transaction."""
        async with self.store.connection() as conn:
            if not pipeline:
                async with conn.cursor(binary=True, row_factory=dict_row) as cur:
                    yield cur
                return
            try:
                async with (
                    conn.pipeline(),
                    conn.transaction(),
                    conn.cursor(binary=True, row_factory=dict_row) as cur,
                ):
                    if self.lease is not None:
                        await cur.execute(
                            "SELECT orchestrator_check_lease(%s, %s, %s, %s)",
                            (
                                self.lease.thread_id,
                                self.lease.run_id,
                                self.lease.token.turn,
                                self.lease.token.attempt,
                            ),
                        )
                    yield cur
            except psycopg.DatabaseError as error:
                if self.lease is not None and error.sqlstate == LEASE_LOST:
                    raise superseded(self.lease) from error
                raise


async def _one(conn: psycopg.AsyncConnection[Any], query: Any, *args: object) -> Any:
    row = await (await conn.execute(query, args)).fetchone()
    return None if row is None else row["value"]
