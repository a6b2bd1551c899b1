"""LangGraph's saver on DynamoDB, fenced, and with group commit.

Not a subclass of `DynamoDBSaver` in langgraph-checkpoint-aws: that one writes a checkpoint, its value and each write of
a task one after the other and with no condition, and reads what may be stale. Here each of them is one transaction that
writes to the lease as well, and every read is a consistent one.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_id,
)

from orchestrator.checkpoints.dynamodb_reader import Head
from orchestrator.checkpoints.dynamodb_rows import Builder, DynamoWrite, is_inline
from orchestrator.checkpoints.from_threads import result_in
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import Lease, OnCheckpoint, report, without_output_of_failed
from orchestrator.checkpoints.weight import SERIALISED_AT_ONCE_BYTES, is_light

if TYPE_CHECKING:
    from orchestrator.checkpoints.dynamodb import DynamoStore

T = TypeVar("T")
END = object()


class FencedDynamoSaver(BaseCheckpointSaver[str]):
    """Of one stage. Its transactions go one after the other: two at once would meet at the lease."""

    def __init__(
        self, store: "DynamoStore", lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None
    ) -> None:
        super().__init__(serde=serde)
        self.serializer = serde
        self.store = store
        self.lease = lease
        self.on_checkpoint = on_checkpoint
        self.loop = asyncio.get_running_loop()
        self._builder = Builder(lease, serde)
        self._commits = store.group(lease)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        values = checkpoint["channel_values"].items()
        build = partial(self._builder.checkpoint, config, checkpoint, metadata, new_versions)
        await self._write(build, [(name, value) for name, value in values if name in new_versions or is_inline(value)])
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

    async def _write(self, build: Callable[[], DynamoWrite], values: Sequence[tuple[str, Any]]) -> None:
        with self.serializer.naming(values):
            light = is_light((value for _, value in values), SERIALISED_AT_ONCE_BYTES)
            write = build() if light else await asyncio.to_thread(build)
        await self._commits(write)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        where = config["configurable"]
        return await self.store.reader.checkpoint(
            str(where["thread_id"]), str(where.get("checkpoint_ns", "")), get_checkpoint_id(config), self.serializer
        )

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - LangGraph's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        where = config["configurable"] if config else {}
        checkpoint_id = get_checkpoint_id(config) if config else None
        until = get_checkpoint_id(before) if before else None
        found = 0
        async for thread_id, head in self._heads(where.get("thread_id"), where.get("checkpoint_ns")):
            if limit is not None and found >= limit:
                return
            if (checkpoint_id and head.checkpoint_id != checkpoint_id) or (until and head.checkpoint_id >= until):
                continue
            if all(key in head.metadata and head.metadata[key] == value for key, value in (filter or {}).items()):
                found += 1
                yield await self.store.reader.whole(thread_id, head, self.serializer)

    async def _heads(self, thread_id: Any, namespace: str | None) -> AsyncIterator[tuple[str, Head]]:
        """The latest first; of all threads, one thread after the other."""
        names = self.store.leases.threads() if thread_id is None else _only(str(thread_id))
        async for name in names:
            async for head in self.store.reader.heads(name, namespace, latest_first=True):
                yield name, head

    async def adelete_thread(self, thread_id: str) -> None:
        await self.store.delete(str(thread_id), self.lease)

    def get_next_version(self, current: str | None, channel: None) -> str:  # noqa: ARG002 - LangGraph's signature
        """In the form of LangGraph's savers: a forked thread has other values under the same number."""
        number = int(str(current).partition(".")[0]) if current is not None else 0
        return f"{number + 1:032}.{secrets.randbelow(10**16):016}"

    # The same for sync code, in a thread of its own.

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        return self._wait(self.aput(config, checkpoint, metadata, new_versions))

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        self._wait(self.aput_writes(config, writes, task_id, task_path))

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return self._wait(self.aget_tuple(config))

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

        while (saved := self._wait(following())) is not END:
            yield saved

    def delete_thread(self, thread_id: str) -> None:
        self._wait(self.adelete_thread(thread_id))

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return result_in(self.loop, work)


async def _only(thread_id: str) -> AsyncIterator[str]:
    yield thread_id
