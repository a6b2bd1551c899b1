"""What our savers have in common: values are serialised as one write, which is committed while a lease holds."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata, CheckpointTuple

from orchestrator.checkpoints.from_threads import SyncCalls
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import Lease, OnCheckpoint, report, without_output_of_failed
from orchestrator.checkpoints.versions import next_version
from orchestrator.checkpoints.weight import beside_the_loop

W = TypeVar("W")
W_co = TypeVar("W_co", covariant=True)


class Builder(Protocol[W_co]):
    """Makes what one saver writes, as its database has it."""

    @property
    def lease(self) -> Lease | None:
        """Under which it may be written."""
        ...

    @property
    def serde(self) -> Serializer:
        """By which values are written."""
        ...

    def checkpoint(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> W_co:
        """A checkpoint. Raises: Unserialisable, *not retryable*."""
        ...

    def task(self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str) -> W_co:
        """What a task did. Raises: Unserialisable, *not retryable*."""
        ...


class FencedSaver(SyncCalls, Generic[W]):
    """Of one attempt; LangGraph's own saver for the database, where there is one, comes after it among the bases.

    Args:
        builder: Makes what is written.
        on_checkpoint: Told of each checkpoint.
        connection: What LangGraph's own saver wants.
    """

    def __init__(self, builder: Builder[W], on_checkpoint: OnCheckpoint | None, *connection: Any) -> None:
        super().__init__(*connection, serde=builder.serde)
        self.serializer = builder.serde
        self.lease = builder.lease
        self.on_checkpoint = on_checkpoint
        self.loop = asyncio.get_running_loop()
        self._builder = builder

    @abstractmethod
    async def _commit(self, write: W) -> None:
        """Return once it is committed.

        Raises:
            LeaseLost: The lease is lost. *Not retryable.*
            StoreUnavailable: The database does not answer. *Retryable.*
        """

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        build = partial(self._builder.checkpoint, config, checkpoint, metadata, new_versions)
        await self._write(build, self._serialised(checkpoint, new_versions))
        where = config["configurable"]
        written = config_of(where["thread_id"], where.get("checkpoint_ns", ""), checkpoint["id"])
        report(self.on_checkpoint, written, metadata)
        return written

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        kept = without_output_of_failed(writes)
        await self._write(partial(self._builder.task, config, kept, task_id, task_path), kept)

    def get_next_version(self, current: str | None, channel: None) -> str:  # noqa: ARG002 - LangGraph's signature
        return next_version(current)

    def _serialised(self, checkpoint: Checkpoint, new_versions: ChannelVersions) -> list[tuple[str, Any]]:
        """The values that a checkpoint is written with: those that changed."""
        return [(name, value) for name, value in checkpoint["channel_values"].items() if name in new_versions]

    async def _write(self, build: Callable[[], W], values: Sequence[tuple[str, Any]]) -> None:
        with self.serializer.naming(values):
            write = await beside_the_loop(build, (value for _, value in values))
        await self._commit(write)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - LangGraph's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """As LangGraph's, which has read all rows by then: but it would keep its connection, and in SQLite everybody's
        turn to read, until the caller has gone through them."""
        for saved in await self._all(super().alist(config, filter=filter, before=before, limit=limit)):
            yield saved

    async def _all(self, found: AsyncIterator[CheckpointTuple]) -> list[CheckpointTuple]:
        return [saved async for saved in found]


def config_of(thread_id: str, namespace: str, checkpoint_id: str) -> RunnableConfig:
    """A checkpoint's config."""
    return {"configurable": {"thread_id": thread_id, "checkpoint_ns": namespace, "checkpoint_id": checkpoint_id}}
