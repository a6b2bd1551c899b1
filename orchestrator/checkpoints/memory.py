"""Memory: for tests and trials. A worker that dies takes its threads along; their stages then park as lost."""

from collections.abc import Sequence
from typing import Any, Self

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore

from orchestrator.calls import Rewind
from orchestrator.checkpoints.needed import unneeded
from orchestrator.checkpoints.row import Row
from orchestrator.checkpoints.saved import Saved, Write, saved
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import (
    Asked,
    CheckpointStore,
    ForeignThread,
    Lease,
    OnCheckpoint,
    report,
    superseded,
    without_output_of_failed,
)
from orchestrator.errors import ThreadLost


class MemoryStore(CheckpointStore):
    """This process's memory."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.shared = InMemorySaver()
        self.leases: dict[str, Lease] = {}
        self.values: dict[str, bytes] = {}
        self.holds: dict[str, tuple[str, str, str]] = {}
        self._memory = InMemoryStore()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None

    async def setup(self) -> None:
        return None

    async def acquire(self, lease: Lease, continued_from: str | None = None) -> None:
        held = self.leases.get(lease.thread_id)
        if held is not None and held.run_id not in (lease.run_id, continued_from):
            raise ForeignThread(lease.thread_id)
        if held is not None and held.run_id == lease.run_id and held.token > lease.token:
            raise superseded(lease)
        self.leases[lease.thread_id] = lease

    async def branch(self, source: str, lease: Lease, rewind: Rewind | None, _serde: Serializer) -> None:
        if rewind is not None and lease.thread_id not in self.leases:
            raise ThreadLost(
                f"Thread {source} is kept in memory, and cannot be copied for a reset or a repair. Abort, or reset to "
                "before the stage began; a sqlite:// or postgresql:// checkpointer can."
            )
        await self.acquire(lease)

    async def latest(self, thread_id: str) -> str | None:
        namespaces = self.shared.storage.get(thread_id, {})
        return max((checkpoint_id for saved in namespaces.values() for checkpoint_id in saved), default=None)

    def _rows(self, thread_id: str) -> list[Row]:
        return [
            Row(namespace, checkpoint_id, parent, self.shared.serde.loads_typed(metadata), len(checkpoint[1]))
            for namespace, found in self.shared.storage.get(thread_id, {}).items()
            for checkpoint_id, (checkpoint, metadata, parent) in found.items()
        ]

    async def saved(self, thread_id: str) -> list[Saved]:
        writes = [
            Write(namespace, checkpoint_id, task_id, path, channel, value[1])
            for (thread, namespace, checkpoint_id), held in self.shared.writes.items()
            if thread == thread_id
            for task_id, channel, value, path in held.values()
        ]
        return saved(self._rows(thread_id), writes)

    def saver(
        self, lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None = None
    ) -> "FencedMemorySaver":
        return FencedMemorySaver(self, lease, serde, on_checkpoint)

    async def asked(self, thread_id: str, serde: Serializer) -> list[Asked]:
        return [
            Asked(checkpoint_ns, task_id, task_path, serde.loads_typed(value))
            for (thread, checkpoint_ns, _), writes in self.shared.writes.items()
            if thread == thread_id
            for task_id, channel, value, task_path in writes.values()
            if channel == "__interrupt__"
        ]

    async def answered(self, thread_id: str, checkpoint_ns: str, task_id: str, serde: Serializer) -> int:
        return max(
            (
                len(serde.loads_typed(value))
                for (thread, namespace, _), writes in self.shared.writes.items()
                if (thread, namespace) == (thread_id, checkpoint_ns)
                for task, channel, value, _path in writes.values()
                if (task, channel) == (task_id, "__resume__")
            ),
            default=0,
        )

    async def prune(self, lease: Lease, base: str = "") -> None:
        if self.leases.get(lease.thread_id) != lease:
            raise superseded(lease)
        saved, thread_id = self.shared.storage.get(lease.thread_id, {}), lease.thread_id
        for namespace, checkpoint_id in unneeded(row for row in self._rows(thread_id) if row.checkpoint_id > base):
            del saved[namespace][checkpoint_id]
            self.shared.writes.pop((thread_id, namespace, checkpoint_id), None)
        needed = {
            (thread_id, namespace, *name)
            for namespace, kept in saved.items()
            for entry in kept.values()
            for name in self.shared.serde.loads_typed(entry[0])["channel_versions"].items()
        }
        for name in [name for name in self.shared.blobs if name[0] == thread_id and name not in needed]:
            del self.shared.blobs[name]

    async def put_value(self, key: str, data: bytes) -> None:
        self.values[key] = data

    async def get_value(self, key: str) -> bytes | None:
        return self.values.get(key)

    def memory(self) -> InMemoryStore:
        return self._memory


class FencedMemorySaver(InMemorySaver):
    """LangGraph's saver over the store's shared dictionaries, with the lease checked before each write."""

    def __init__(
        self, store: MemoryStore, lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None
    ) -> None:
        super().__init__(serde=serde)
        self.naming = serde.naming
        self.store = store
        self.lease = lease
        self.on_checkpoint = on_checkpoint
        self.storage, self.writes, self.blobs = store.shared.storage, store.shared.writes, store.shared.blobs

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        self._check()
        with self.naming(checkpoint["channel_values"].items()):
            written = super().put(config, checkpoint, metadata, new_versions)
        report(self.on_checkpoint, written, metadata)
        return written

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        self._check()
        with self.naming(writes):
            super().put_writes(config, without_output_of_failed(writes), task_id, task_path)

    def delete_thread(self, thread_id: str) -> None:
        self._check()
        super().delete_thread(thread_id)

    def _check(self) -> None:
        if self.lease is not None and self.store.leases.get(self.lease.thread_id) != self.lease:
            raise superseded(self.lease)
