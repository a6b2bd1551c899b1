"""A saver under a watch."""

import asyncio
import copy
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    DeltaChannelHistory,
)

from orchestrator.activity.watch import Watch
from orchestrator.checkpoints.from_threads import SyncCalls
from orchestrator.checkpoints.needed import DELTAS, deltas, with_deltas


class WatchedSaver(SyncCalls):
    """Hands everything on to another saver, and tells a watch of it first: what that refuses is not written."""

    def __init__(self, inner: BaseCheckpointSaver[str], watch: Watch) -> None:
        super().__init__(serde=inner.serde)
        self.loop = asyncio.get_running_loop()
        self.inner = inner
        self.watch = watch
        self._read: list[CheckpointTuple | None] = []
        self._deltas: defaultdict[str, set[str]] = defaultdict(set)
        """By namespace: the DeltaChannels that its checkpoints have had."""

    def remember(self, latest: CheckpointTuple | None) -> None:
        """Answer the next read of the graph's latest checkpoint with this one, which was read just now: while the lease
        holds, nobody else writes."""
        self._read = [latest]

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        where = config["configurable"]
        if self._read and not where.get("checkpoint_ns") and where.get("checkpoint_id") is None:
            saved = self._read.pop()
        else:
            saved = await self.inner.aget_tuple(config)
        self.watch.on_read(saved)
        if saved is not None:
            self._deltas[where.get("checkpoint_ns", "")].update(deltas(saved.metadata))
        return saved

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        self._read.clear()
        self.watch.on_checkpoint(config, checkpoint, metadata)
        known = self._deltas[config["configurable"].get("checkpoint_ns", "")]
        about = with_deltas(metadata, checkpoint, known)
        known.update(about.get(DELTAS, ()))
        return await self.inner.aput(config, checkpoint, cast("CheckpointMetadata", about), new_versions)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        self._read.clear()
        self.watch.on_writes(config, writes, task_id)
        await self.inner.aput_writes(config, writes, task_id, task_path)

    def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - LangGraph's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        return self.inner.alist(config, filter=filter, before=before, limit=limit)

    async def aget_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        return await self.inner.aget_delta_channel_history(config=config, channels=channels)

    def get_next_version(self, current: str | None, channel: None) -> str:
        return self.inner.get_next_version(current, channel)

    def with_allowlist(self, extra_allowlist: Collection[tuple[str, ...]]) -> "WatchedSaver":
        clone = copy.copy(self)
        clone.inner = self.inner.with_allowlist(extra_allowlist)
        clone.serde = clone.inner.serde
        return clone
