"""What a saver writes, as items of one table; and what is read from them.

A thread is one partition, and the kinds of its items are told apart by how their sort keys begin:

    lease                               run, turn and attempt of the one writer; `last`: what it wrote last
    c#NAMESPACE#CHECKPOINT              a checkpoint, with the channels that are small scalars
    b#NAMESPACE#CHANNEL#VERSION         any other value of a channel, once for each version
    w#NAMESPACE#CHECKPOINT#TASK         all that a task put out, in one item: so it is all there, or nothing
    q#NAMESPACE#CHECKPOINT#TASK#KIND    its question, its answers or its error: found without reading what tasks put out
    p#ID#NUMBER                         part of a value that is too large for its item
"""

import json
import re
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
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import Lease

LEASE = "lease"
CHECKPOINT, BLOB, WRITES, CONTROL, PART = "c#", "b#", "w#", "q#", "p#"
SCALAR_CHARACTERS = 1024
"""A longer text is a value of its own, written when it changes and not with every checkpoint."""
MOST_BLOBS = 90
"""In a checkpoint's transaction, which takes 100 items."""
SURROGATE = re.compile("[\ud800-\udfff]")

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
            elif channel in new_versions:
                kind, data = self.serde.dumps_typed(value)
                version = str(new_versions[channel])
                place = {"ns": {"S": namespace}, "channel": {"S": channel}, "version": {"S": version}}
                sk, ahead = blob_key(namespace, channel, version), len(written.rows) >= MOST_BLOBS
                written.rows.append(Row(sk, place | {"type": {"S": kind}}, data, ahead=ahead))
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
    return Row(
        _sort_key(WRITES, *place), _of_task(place, path) | {"channels": {"L": channels}}, pack_writes(packed), True
    )


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


def partition(thread_id: str) -> str:
    """Of a thread."""
    return f"thread#{thread_id}"


def checkpoint_key(namespace: str, checkpoint_id: str = "") -> str:
    """Of a checkpoint; without an id: how those of a namespace begin."""
    return _sort_key(CHECKPOINT, namespace, checkpoint_id)


def blob_key(namespace: str, channel: str, version: str) -> str:
    """Of a channel's value."""
    return _sort_key(BLOB, namespace, channel, version)


def control_key(place: tuple[str, str, str], kind: int) -> str:
    """Of a task's question, answers or error."""
    return _sort_key(CONTROL, *place, str(-kind))


def of_checkpoint(prefix: str, namespace: str, checkpoint_id: str) -> str:
    """How the keys of what the tasks after a checkpoint did begin."""
    return _sort_key(prefix, namespace, checkpoint_id, "")


def _sort_key(prefix: str, *parts: str) -> str:
    return prefix + "#".join(map(escape, parts))


def escape(part: str) -> str:
    """A part of a sort key: `#` stands between two of them."""
    return part.replace("%", "%25").replace("#", "%23")


def unescape(part: str) -> str:
    """The opposite."""
    return part.replace("%23", "#").replace("%25", "%")


def text(item: Item, name: str) -> str:
    """An attribute; empty, if there is none."""
    found: str = item.get(name, {}).get("S", "")
    return found


def sort_key(item: Item) -> str:
    """Of an item as it was read."""
    return text(item, "sk")


def blobs_of(checkpoint: Mapping[str, Any], namespace: str) -> dict[str, str]:
    """The sort keys of the values that a checkpoint may have, and the channel of each."""
    inline = checkpoint["channel_values"]
    versions: Iterable[tuple[str, Any]] = checkpoint["channel_versions"].items()
    return {
        blob_key(namespace, channel, str(version)): channel for channel, version in versions if channel not in inline
    }
