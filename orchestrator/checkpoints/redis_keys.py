"""Where things are in Redis, and how a row is packed.

All keys have one hash tag: so whatever a script touches is on one node, and every operation is one transaction, in a
cluster as well. A member of `order` is namespace, checkpoint; one of `tasks` is namespace, checkpoint, task, index; a
field of `blobs` is namespace, channel, version. NUL stands between the parts.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TAG = "{orchestrator}:"
SCHEMA = f"{TAG}schema"
"""Hash: version, and the oldest one whose releases still work with it."""
THREADS = f"{TAG}threads"
"""Sorted set: the ids of all threads."""
VALUES, CREATED = f"{TAG}values", f"{TAG}created"
"""Sorted set: the keys of all large values; hash: when each was kept first."""
CLAIMS, LAST = f"{TAG}claims", f"{TAG}last"
"""Hashes: the claim of each root, and the root of each name's last claim (see continued.py)."""
HOLDS = f"{TAG}holds"
"""Hash: what must be kept, by workflow id."""


@dataclass(frozen=True, slots=True)
class ThreadKeys:
    """The keys of one thread."""

    lease: str
    """Hash: run, turn and attempt of the one writer."""
    checkpoints: str
    """Hash: a Row by member of `order`."""
    order: str
    """Sorted set."""
    writes: str
    """Hash: a Written by member of `tasks`."""
    tasks: str
    """Sorted set."""
    blobs: str
    """Hash: the value of a channel that a checkpoint refers to."""

    @classmethod
    def of(cls, thread_id: str) -> "ThreadKeys":
        """Of a thread."""
        return cls(*(f"{TAG}{kind}:{thread_id}" for kind in cls.__slots__))

    def __iter__(self) -> Iterator[str]:
        return iter((self.lease, self.checkpoints, self.order, self.writes, self.tasks, self.blobs))


@dataclass(frozen=True, slots=True)
class Row:
    """A checkpoint without its channels' values. The scripts read it by position."""

    parent: str
    """Empty: it has none."""
    blobs: list[str]
    """Channel and version of each value that belongs to it."""
    kind: str
    checkpoint: bytes
    metadata: bytes
    """As JSON."""

    def packed(self) -> bytes:
        """As it is kept."""
        head = (self.parent.encode(), json.dumps(self.blobs).encode(), self.kind.encode())
        return _packed(*head, self.checkpoint, self.metadata)

    @classmethod
    def of(cls, data: bytes) -> "Row":
        """The opposite."""
        parent, blobs, kind, checkpoint, metadata = _unpacked(data)
        return cls(parent.decode(), json.loads(blobs), kind.decode(), checkpoint, metadata)


@dataclass(frozen=True, slots=True)
class Written:
    """One write of a task. The scripts read it by position."""

    path: str
    channel: str
    kind: str
    value: bytes

    def packed(self) -> bytes:
        """As it is kept."""
        return _packed(self.path.encode(), self.channel.encode(), self.kind.encode(), self.value)

    @classmethod
    def of(cls, data: bytes) -> "Written":
        """The opposite."""
        path, channel, kind, value = _unpacked(data)
        return cls(path.decode(), channel.decode(), kind.decode(), value)


def _packed(*parts: bytes) -> bytes:
    """Each part after its length, as Lua's `struct` reads it."""
    return b"".join(piece for part in parts for piece in (len(part).to_bytes(4, "big"), part))


def _unpacked(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : end]
        at = end


def pack_value(typed: tuple[str, bytes]) -> bytes:
    """A value that the serializer wrote, as it is kept."""
    return typed[0].encode() + b"\0" + typed[1]


def unpack_value(data: bytes) -> tuple[str, bytes]:
    """The opposite."""
    kind, _, value = data.partition(b"\0")
    return kind.decode(), value


def member(*parts: object) -> bytes:
    """The parts of a row's key, as one."""
    return "\0".join(map(str, parts)).encode()


def parts_of(packed: bytes) -> list[str]:
    """The opposite."""
    return packed.decode().split("\0")


def pairs(flat: Sequence[bytes]) -> Mapping[bytes, Any]:
    """A reply that lists names and values in turn."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


def value_key(key: str) -> str:
    """Where a large value is kept."""
    return f"{TAG}value:{key}"
