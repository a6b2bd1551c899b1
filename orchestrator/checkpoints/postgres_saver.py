"""LangGraph's PostgreSQL saver, fenced, and with group commit."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg import AsyncCursor
from psycopg.rows import DictRow, dict_row

from orchestrator.checkpoints.fenced_saver import FencedSaver
from orchestrator.checkpoints.group_commit import by_size
from orchestrator.checkpoints.postgres_writes import SQL, Builder, LongTexts, PostgresWrite, check_lease, fenced
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import Lease, OnCheckpoint
from orchestrator.checkpoints.whole import uninterrupted

if TYPE_CHECKING:
    from orchestrator.checkpoints.postgres import PostgresStore


class FencedPostgresSaver(FencedSaver[PostgresWrite], AsyncPostgresSaver):
    """LangGraph's saver, with the lease checked first in the transaction of each write."""

    def __init__(
        self, store: "PostgresStore", lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None
    ) -> None:
        self._long_texts: LongTexts = {}
        super().__init__(Builder(lease, serde, self._long_texts), on_checkpoint, store.pool.connections)
        self.store = store
        self.whole = store.whole
        self._own = store.group(store.commit_patiently)

    _all = uninterrupted(FencedSaver._all)  # noqa: SLF001 - a base's
    aget_tuple = uninterrupted(AsyncPostgresSaver.aget_tuple)
    aget_delta_channel_history = uninterrupted(AsyncPostgresSaver.aget_delta_channel_history)

    async def _commit(self, write: PostgresWrite) -> None:
        await by_size(write, self.store.commits, self._own)
        self._long_texts.update(write.long_texts)

    @uninterrupted
    async def adelete_thread(self, thread_id: str) -> None:
        self._long_texts.clear()
        await super().adelete_thread(thread_id)

    @asynccontextmanager
    async def _cursor(self, *, pipeline: bool = False) -> AsyncIterator[AsyncCursor[DictRow]]:
        """LangGraph asks for `pipeline` exactly where it writes: there the statements become one transaction."""
        async with self.store.connection() as conn:
            if not pipeline:
                async with conn.cursor(binary=True, row_factory=dict_row) as cur:
                    yield cur
                return
            with fenced(self.lease):
                async with (
                    conn.pipeline(),
                    conn.transaction(),
                    conn.cursor(binary=True, row_factory=dict_row) as cur,
                ):
                    await check_lease(conn, self.lease)
                    yield cur

    @uninterrupted
    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """LangGraph's, whose transactions become parts of one that has checked the lease.

        Raises:
            LeaseLost: It does not hold. *Not retryable.*
            psycopg.errors.SerializationFailure: It was taken, or a row was changed, meanwhile.
        """
        self._long_texts.clear()
        async with self.store.connection() as conn:
            with fenced(self.lease):
                async with conn.transaction():
                    await conn.execute(SQL["one_snapshot"])
                    await check_lease(conn, self.lease)
                    await AsyncPostgresSaver(conn).aprune(thread_ids, strategy=strategy)
