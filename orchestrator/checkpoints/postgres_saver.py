"""LangGraph's PostgreSQL saver, fenced, and with group commit."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import DictRow, dict_row

from orchestrator.checkpoints.postgres_writes import LEASE_LOST, SQL, Builder, PostgresWrite
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import Lease, OnCheckpoint, report, superseded, without_output_of_failed
from orchestrator.checkpoints.weight import SERIALISED_AT_ONCE_BYTES, is_light
from orchestrator.checkpoints.whole import uninterrupted

if TYPE_CHECKING:
    from orchestrator.checkpoints.postgres import PostgresStore

SHARED_BYTES = 65_536
"""What is larger is written over a connection of its own."""


class FencedPostgresSaver(AsyncPostgresSaver):
    """LangGraph's saver, with the lease checked first in the transaction of each write."""

    def __init__(
        self, store: "PostgresStore", lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None
    ) -> None:
        super().__init__(store.pool, serde=serde)
        self.serializer = serde
        self.store = store
        self.lease = lease
        self.on_checkpoint = on_checkpoint
        self.whole = store.whole
        self._builder = Builder(lease, serde)
        self._own = store.group(self.store.commit_patiently)

    aget_tuple = uninterrupted(AsyncPostgresSaver.aget_tuple)
    adelete_thread = uninterrupted(AsyncPostgresSaver.adelete_thread)
    aget_delta_channel_history = uninterrupted(AsyncPostgresSaver.aget_delta_channel_history)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        values = checkpoint["channel_values"].items()
        build = partial(self._builder.checkpoint, config, checkpoint, metadata, new_versions)
        await self._write(build, [(name, value) for name, value in values if name in new_versions])
        where = config["configurable"]
        written: RunnableConfig = {
            "configurable": {
                "thread_id": where["thread_id"],
                "checkpoint_ns": where["checkpoint_ns"],
                "checkpoint_id": checkpoint["id"],
            }
        }
        report(self.on_checkpoint, written, metadata)
        return written

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        kept = without_output_of_failed(writes)
        await self._write(partial(self._builder.task, config, kept, task_id, task_path), kept)

    async def _write(self, build: Callable[[], PostgresWrite], values: Sequence[tuple[str, Any]]) -> None:
        """Serialise and commit. Large values go over a connection of their own, so that small ones need not wait for
        them, and what belongs to the same step goes with them."""
        with self.serializer.naming(values):
            light = is_light((value for _, value in values), SERIALISED_AT_ONCE_BYTES)
            write = build() if light else await asyncio.to_thread(build)
        shared = write.size_bytes <= SHARED_BYTES and not self._own.gathers
        await (self.store.commits if shared else self._own)(write)

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
                    await self._check_lease(conn)
                    yield cur
            except psycopg.DatabaseError as error:
                if self.lease is not None and error.sqlstate == LEASE_LOST:
                    raise superseded(self.lease) from error
                raise

    @uninterrupted
    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """LangGraph prunes in transactions of its own, so the lease is held in another one meanwhile."""
        async with self._cursor(pipeline=True) as cur:
            await cur.execute("SELECT 1")
            await cur.fetchone()  # the lease has been checked by now
            await super().aprune(thread_ids, strategy=strategy)

    async def _check_lease(self, conn: AsyncConnection[Any]) -> None:
        if self.lease is not None:
            token = self.lease.token
            parameters = (self.lease.thread_id, self.lease.run_id, token.turn, token.attempt)
            await conn.execute(SQL["check_lease"], parameters)
