"""LangGraph's SQLite saver, fenced, and with group commit."""

from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.base import ChannelVersions, Checkpoint
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from orchestrator.checkpoints.fenced_saver import FencedSaver
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.sqlite_writes import Builder, SqliteWrite
from orchestrator.checkpoints.store import Lease, OnCheckpoint

if TYPE_CHECKING:
    from orchestrator.checkpoints.sqlite import SqliteStore


class FencedSqliteSaver(FencedSaver[SqliteWrite], AsyncSqliteSaver):
    """Reads over the store's connection for reading, and writes through its one writer, which checks the lease in the
    transaction of each write."""

    def __init__(
        self, store: "SqliteStore", lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None
    ) -> None:
        super().__init__(Builder(lease, serde), on_checkpoint, store.reader)
        self.store = store
        self.lock = store.reads  # cursors of one connection take turns, whichever stage they serve
        self.is_setup = True

    async def _commit(self, write: SqliteWrite) -> None:
        await self.store.commits(write)

    def _serialised(self, checkpoint: Checkpoint, new_versions: ChannelVersions) -> list[tuple[str, Any]]:  # noqa: ARG002
        """Here a checkpoint holds all values."""
        return [*checkpoint["channel_values"].items()]

    async def adelete_thread(self, thread_id: str) -> None:
        await self.store.delete(thread_id, self.lease)
