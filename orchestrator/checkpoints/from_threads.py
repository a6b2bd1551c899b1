"""Sync calls of async code, which LangGraph makes in threads beside the event loop."""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    DeltaChannelHistory,
)

T = TypeVar("T")
END = object()


def result_in(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> T:
    """What `work` returns, run in the loop while this thread waits.

    Raises:
        asyncio.InvalidStateError: This is the loop's own thread, which would wait for itself. *Not retryable.*
    """
    try:
        here = asyncio.get_running_loop()
    except RuntimeError:
        here = None
    if here is not loop:
        return asyncio.run_coroutine_threadsafe(work, loop).result()
    work.close()
    raise asyncio.InvalidStateError(f"Sync calls block the event loop {here}: use the async methods here.")


class SyncCalls(BaseCheckpointSaver[str]):
    """A saver's methods for sync code: its async ones, in its event loop."""

    loop: asyncio.AbstractEventLoop

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        return result_in(self.loop, self.aput(config, checkpoint, metadata, new_versions))

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        result_in(self.loop, self.aput_writes(config, writes, task_id, task_path))

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return result_in(self.loop, self.aget_tuple(config))

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - LangGraph's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        found = self.alist(config, filter=filter, before=before, limit=limit)

        async def following() -> Any:
            return await anext(found, END)

        while (saved := result_in(self.loop, following())) is not END:
            yield saved

    def delete_thread(self, thread_id: str) -> None:
        result_in(self.loop, self.adelete_thread(thread_id))

    def get_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        return result_in(self.loop, self.aget_delta_channel_history(config=config, channels=channels))
