"""LangGraph's saver on DynamoDB, fenced, and with group commit.

Not a subclass of `DynamoDBSaver` in langgraph-checkpoint-aws: that one writes a checkpoint, its value and each write of
a task one after the other and with no condition, and reads what may be stale. Here each of them is one transaction that
writes to the lease as well, and every read is a consistent one.
"""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple, get_checkpoint_id

from orchestrator.checkpoints.dynamodb_reader import Head
from orchestrator.checkpoints.dynamodb_rows import Builder, DynamoWrite
from orchestrator.checkpoints.fenced_saver import FencedSaver
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import Lease, OnCheckpoint

if TYPE_CHECKING:
    from orchestrator.checkpoints.dynamodb import DynamoStore


class FencedDynamoSaver(FencedSaver[DynamoWrite]):
    """Of one stage. Its transactions go one after the other: two at once would meet at the lease."""

    def __init__(
        self, store: "DynamoStore", lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None
    ) -> None:
        self._blobs: set[str] = set()
        super().__init__(Builder(lease, serde, self._blobs), on_checkpoint)
        self.store = store
        self._commits = store.group(lease)

    async def _commit(self, write: DynamoWrite) -> None:
        await self._commits(write)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        where = config["configurable"]
        place = (str(where["thread_id"]), str(where.get("checkpoint_ns", "")), get_checkpoint_id(config))
        held = self._blobs if self.lease is not None and self.lease.thread_id == place[0] else None
        return await self.store.reader.checkpoint(*place, self.serializer, held)

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
                saved = await self.store.reader.whole(thread_id, head, self.serializer)
                if saved is not None:
                    found += 1
                    yield saved

    async def _heads(self, thread_id: Any, namespace: str | None) -> AsyncIterator[tuple[str, Head]]:
        """The latest first; of all threads, one thread after the other."""
        names = self.store.leases.threads() if thread_id is None else _only(str(thread_id))
        async for name in names:
            async for head in self.store.reader.heads(name, namespace, latest_first=True):
                yield name, head

    async def adelete_thread(self, thread_id: str) -> None:
        await self.store.delete(str(thread_id), self.lease)


async def _only(thread_id: str) -> AsyncIterator[str]:
    yield thread_id
