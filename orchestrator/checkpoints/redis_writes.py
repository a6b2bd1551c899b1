"""What a saver writes to Redis."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    get_serializable_checkpoint_metadata,
)

from orchestrator.checkpoints.redis_keys import THREADS, Row, ThreadKeys, Written, member, pack_value
from orchestrator.checkpoints.redis_server import Call
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import Lease


@dataclass(frozen=True, slots=True)
class RedisWrite:
    """What one call of a saver has to write, and the lease under which it may."""

    thread_id: str
    lease: Lease | None
    call: Call

    @property
    def ends_step(self) -> bool:
        """Whether it is a checkpoint."""
        return self.call.script == "put_checkpoint"

    @property
    def size_bytes(self) -> int:
        """Of all that is sent."""
        return sum(len(part) for part in self.call.arguments if not isinstance(part, int))


def fence(lease: Lease | None) -> tuple[str, str, str]:
    """What a script compares with the lease that is held."""
    return ("", "", "") if lease is None else (lease.run_id, str(lease.token.turn), str(lease.token.attempt))


def fenced_keys(lease: Lease | None, thread_id: str) -> list[str]:
    """The keys of a script that writes to a thread while a lease is held."""
    keys = ThreadKeys.of(thread_id)
    return [keys.lease if lease is None else ThreadKeys.of(lease.thread_id).lease, THREADS, *keys]


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes what one saver writes."""

    lease: Lease | None
    serde: Serializer

    def checkpoint(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RedisWrite:
        """A checkpoint, with the values of the channels that it changed.

        Raises:
            Unserialisable: A value cannot be written. *Not retryable.*
        """
        where = config["configurable"]
        thread_id, namespace = str(where["thread_id"]), where.get("checkpoint_ns", "")
        values = checkpoint["channel_values"]
        blobs: list[bytes] = []
        for channel, version in new_versions.items():
            if channel in values:
                value = pack_value(self.serde.dumps_typed(values[channel]))
                blobs += member(namespace, channel, version), value
        about: dict[str, Any] = dict(get_serializable_checkpoint_metadata(config, metadata))
        row = Row(
            where.get("checkpoint_id") or "",
            [f"{channel}\0{version}" for channel, version in checkpoint["channel_versions"].items()],
            *self.serde.dumps_typed({**checkpoint, "channel_values": {}}),
            json.dumps(about, ensure_ascii=False).encode("utf-8", "ignore"),
        )
        place = member(namespace, checkpoint["id"])
        above = member(namespace, row.parent) if row.parent else b""
        arguments: list[bytes | str] = [*fence(self.lease), thread_id, place, row.packed(), above, *blobs]
        return RedisWrite(thread_id, self.lease, Call("put_checkpoint", fenced_keys(self.lease, thread_id), arguments))

    def task(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
    ) -> RedisWrite:
        """What a task did.

        Raises:
            Unserialisable: A value cannot be written. *Not retryable.*
        """
        where = config["configurable"]
        thread_id, namespace = str(where["thread_id"]), where.get("checkpoint_ns", "")
        rows: list[bytes] = []
        for number, (channel, value) in enumerate(writes):
            place = member(namespace, where["checkpoint_id"], task_id, WRITES_IDX_MAP.get(channel, number))
            rows += place, Written(task_path, channel, *self.serde.dumps_typed(value)).packed()
        latest_counts = "1" if all(channel in WRITES_IDX_MAP for channel, _ in writes) else "0"
        arguments: list[bytes | str] = [*fence(self.lease), thread_id, latest_counts, *rows]
        return RedisWrite(thread_id, self.lease, Call("put_writes", fenced_keys(self.lease, thread_id), arguments))
