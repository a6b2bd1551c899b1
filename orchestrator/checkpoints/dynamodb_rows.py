"""What a saver writes, as items of one table; and what is read from them."""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ormsgpack
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    get_serializable_checkpoint_metadata,
)

from orchestrator.checkpoints.dynamodb_client import Item
from orchestrator.checkpoints.dynamodb_keys import (
    CHECKPOINT,
    blob_key,
    checkpoint_key,
    control_key,
    writes_key,
)
from orchestrator.checkpoints.json_scalars import SURROGATE
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import Lease

SCALAR_CHARACTERS = 1024
"""A longer text is a value of its own, written when it changes and not with every checkpoint."""
MOST_BLOBS = 90
"""In a checkpoint's transaction, which takes 100 items."""

PackedWrite = tuple[int, str, str, bytes]
"""A task's write: its number, channel, and the value as the serializer gave it."""


@dataclass(slots=True)
class Row:
    """An item to be written."""

    sk: str
    attributes: Item
    data: bytes = b""
    """Its value; where this is large, it stands elsewhere."""
    first_counts: bool = False
    """Whether it stays as it is, if it is there already."""
    ahead: bool = False
    """Whether it may be written before the transaction, since nobody looks for it without what that writes."""


@dataclass(slots=True)
class DynamoWrite:
    """What one call of a saver has to write, and the lease under which it may."""

    thread_id: str
    lease: Lease | None
    rows: list[Row] = field(default_factory=list)

    @property
    def ends_step(self) -> bool:
        """Whether it is a checkpoint."""
        return any(row.sk.startswith(CHECKPOINT) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes what one saver writes."""

    lease: Lease | None
    serde: Serializer
    blobs: set[str] = field(default_factory=set)
    """Sort keys of values that were read, and of texts that were written."""

    def checkpoint(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> DynamoWrite:
        """A checkpoint, and the values of the channels that changed.

        Raises:
            Unserialisable: A value cannot be written. *Not retryable.*
        """
        where = config["configurable"]
        thread_id, namespace = str(where["thread_id"]), str(where["checkpoint_ns"])
        written = DynamoWrite(thread_id, self.lease)
        inline = {}
        for channel, value in checkpoint["channel_values"].items():
            if is_inline(value):
                inline[channel] = value
                continue
            version = str(new_versions.get(channel) or checkpoint["channel_versions"].get(channel, ""))
            sk, ahead = blob_key(namespace, channel, version), len(written.rows) >= MOST_BLOBS
            if channel in new_versions or (version and self._may_be_new(sk, value)):
                kind, data = self.serde.dumps_typed(value)
                place = {"ns": {"S": namespace}, "channel": {"S": channel}, "version": {"S": version}}
                written.rows.append(Row(sk, place | {"type": {"S": kind}}, data, ahead=ahead))
                if type(value) is str:
                    self.blobs.add(sk)
        body = pack_body({**checkpoint, "channel_values": inline})
        attributes = {
            "ns": {"S": namespace},
            "id": {"S": checkpoint["id"]},
            "metadata": {"S": json.dumps(get_serializable_checkpoint_metadata(config, metadata))},
            "size": {"N": str(len(body) + sum(len(row.data) for row in written.rows))},
        }
        if (parent := where.get("checkpoint_id")) is not None:
            attributes["parent"] = {"S": str(parent)}
        written.rows.append(Row(checkpoint_key(namespace, checkpoint["id"]), attributes, body))
        return written

    def _may_be_new(self, sk: str, value: Any) -> bool:
        """Whether a value that has not changed may be nowhere by itself: a text that was short enough for the
        checkpoint. One that is sealed names its thread and its key, so in a copy, or with another key, it is longer."""
        return type(value) is str and sk not in self.blobs

    def task(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
    ) -> DynamoWrite:
        """What a task did.

        Raises:
            Unserialisable: A value cannot be written. *Not retryable.*
        """
        where = config["configurable"]
        place = (str(where["checkpoint_ns"]), str(where["checkpoint_id"]), task_id)
        written = DynamoWrite(str(where["thread_id"]), self.lease)
        latest_counts = all(channel in WRITES_IDX_MAP for channel, _ in writes)
        packed: list[PackedWrite] = []
        control: dict[int, Row] = {}
        for number, (channel, value) in enumerate(writes):
            typed = self.serde.dumps_typed(value)
            if (kind := WRITES_IDX_MAP.get(channel)) is None:
                packed.append((number, channel, *typed))
            elif latest_counts or kind not in control:
                attributes = _of_task(place, task_path) | {"channel": {"S": channel}, "type": {"S": typed[0]}}
                control[kind] = Row(control_key(place, kind), attributes, typed[1], first_counts=not latest_counts)
        written.rows = list(control.values())
        if packed:
            written.rows.append(row_of_writes(place, task_path, packed))
        return written


def row_of_writes(place: tuple[str, str, str], path: str, packed: Sequence[PackedWrite]) -> Row:
    """What a task put out; its channels also by themselves, for lists that need no values."""
    channels = [{"S": channel} for channel in dict.fromkeys(write[1] for write in packed)]
    return Row(writes_key(place), _of_task(place, path) | {"channels": {"L": channels}}, pack_writes(packed), True)


def _of_task(place: tuple[str, str, str], path: str) -> Item:
    namespace, checkpoint_id, task_id = place
    return {"ns": {"S": namespace}, "id": {"S": checkpoint_id}, "task": {"S": task_id}, "path": {"S": path}}


def is_inline(value: Any) -> bool:
    """Whether a value stands in the checkpoint itself. Not a subclass's, which would come back as its base, nor a text
    with half a character in it, of which the serializer makes what it makes in the other databases."""
    if type(value) is str:
        return len(value) < SCALAR_CHARACTERS and (value.isascii() or not SURROGATE.search(value))
    return value is None or type(value) in (bool, int, float)


def pack_body(checkpoint: Mapping[str, Any]) -> bytes:
    """A checkpoint without values is names of nodes and channels over and over, and counts by the kilobyte."""
    return zlib.compress(json.dumps(checkpoint).encode(), 1)


def unpack_body(data: bytes) -> dict[str, Any]:
    """The opposite."""
    found: dict[str, Any] = json.loads(zlib.decompress(data))
    return found


def pack_writes(packed: Sequence[PackedWrite]) -> bytes:
    """What a task put out."""
    return ormsgpack.packb(list(packed))


def unpack_writes(data: bytes) -> list[PackedWrite]:
    """The opposite."""
    return [tuple(write) for write in ormsgpack.unpackb(data)]


def blobs_of(checkpoint: Mapping[str, Any], namespace: str) -> dict[str, str]:
    """The sort keys of the values that a checkpoint may have, and the channel of each."""
    inline = checkpoint["channel_values"]
    versions: Iterable[tuple[str, Any]] = checkpoint["channel_versions"].items()
    return {
        blob_key(namespace, channel, str(version)): channel for channel, version in versions if channel not in inline
    }
