"""Any saver of LangGraph's, with everything in it sealed."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)

from orchestrator.checkpoints.from_threads import SyncCalls
from orchestrator.checkpoints.store import OnCheckpoint, report
from orchestrator.checkpoints.weight import beside_the_loop
from orchestrator.secrets.state import CLEAR, StateSealer


class SealedSaver(SyncCalls):
    """Seals what goes into a saver, and opens what comes out of it. (It has no `aprune`, which not every saver has: the
    engine's own `keep="latest"` needs none.)

    Args:
        inner: Keeps what is sealed, and knows nothing of it.
        state: Seals and opens.
        on_checkpoint: Told of each checkpoint, with the metadata in clear.
    """

    def __init__(
        self, inner: BaseCheckpointSaver[str], state: StateSealer, on_checkpoint: OnCheckpoint | None = None
    ) -> None:
        super().__init__(serde=state.serde)
        self.loop = asyncio.get_running_loop()
        self.inner = inner
        self.state = state
        self.on_checkpoint = on_checkpoint

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        seal = partial(self.state.checkpoint, config, checkpoint, metadata, new_versions)
        where, sealed, rest = await beside_the_loop(seal, checkpoint["channel_values"].values())
        written = await self.inner.aput(where, sealed, rest, new_versions)  # type: ignore[arg-type]
        report(self.on_checkpoint, written, metadata)
        return written

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        seal = partial(self.state.writes, config, writes, task_id)
        sealed = await beside_the_loop(seal, (value for _, value in writes))
        await self.inner.aput_writes(config, sealed, task_id, task_path)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        saved = await self.inner.aget_tuple(config)
        return None if saved is None else await self._opened(saved)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - LangGraph's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        wanted = filter or {}
        clear = {key: value for key, value in wanted.items() if key in CLEAR}
        unseen = {key: value for key, value in wanted.items() if key not in CLEAR}
        found = 0
        async for saved in self.inner.alist(config, filter=clear, before=before, limit=None if unseen else limit):
            if limit is not None and found >= limit:
                return
            opened = await self._opened(saved)
            metadata: dict[str, Any] = dict(opened.metadata)
            if all(key in metadata and metadata[key] == value for key, value in unseen.items()):
                found += 1
                yield opened

    async def _opened(self, saved: CheckpointTuple) -> CheckpointTuple:
        values = [*saved.checkpoint["channel_values"].values(), *(value for *_, value in saved.pending_writes or [])]
        return await beside_the_loop(partial(self.state.opened, saved), values)

    async def adelete_thread(self, thread_id: str) -> None:
        await self.inner.adelete_thread(thread_id)

    def get_next_version(self, current: str | None, channel: None) -> str:
        return self.inner.get_next_version(current, channel)
