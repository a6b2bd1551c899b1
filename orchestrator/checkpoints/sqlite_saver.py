"""LangGraph's SQLite saver, fenced, and with group commit."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.sqlite_writes import Builder, SqliteWrite
from orchestrator.checkpoints.store import Lease, OnCheckpoint, report, without_output_of_failed
from orchestrator.checkpoints.weight import SERIALISED_AT_ONCE_BYTES, is_light

if TYPE_CHECKING:
    from orchestrator.checkpoints.sqlite import SqliteStore


class FencedSqliteSaver(AsyncSqliteSaver):
    """Reads over the store's connection for reading, and writes through its one writer, which checks the lease in the
    transaction of each write."""

    def __init__(
        self, store: "SqliteStore", lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None
    ) -> None:
        super().__init__(store.reader, serde=serde)
        self.serializer = serde
        self.store = store
        self.lease = lease
        self.on_checkpoint = on_checkpoint
        self.lock = store.reads  # cursors of one connection take turns, whichever stage they serve
        self.is_setup = True
        self._builder = Builder(lease, serde)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,  # noqa: ARG002 - here a checkpoint holds all values
    ) -> RunnableConfig:
        values = list(checkpoint["channel_values"].items())
        await self._write(partial(self._builder.checkpoint, config, checkpoint, metadata), values)
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

    async def _write(self, build: Callable[[], SqliteWrite], values: Sequence[tuple[str, Any]]) -> None:
        with self.serializer.naming(values):
            light = is_light((value for _, value in values), SERIALISED_AT_ONCE_BYTES)
            write = build() if light else await asyncio.to_thread(build)
        await self.store.commits(write)

    async def adelete_thread(self, thread_id: str) -> None:
        await self.store.delete(thread_id, self.lease)
