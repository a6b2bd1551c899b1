"""Reading threads from a table: what is committed, never what was so a moment ago."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from langgraph.checkpoint.base import CheckpointTuple, PendingWrite, writes_sort_key

from orchestrator.checkpoints.dynamodb_client import Dynamo, Item
from orchestrator.checkpoints.dynamodb_keys import (
    CHECKPOINT,
    CONTROL,
    WRITES,
    checkpoint_key,
    of_checkpoint,
    partition,
    sort_key,
    text,
)
from orchestrator.checkpoints.dynamodb_large import Large, size_of
from orchestrator.checkpoints.dynamodb_rows import blobs_of, unpack_body, unpack_writes
from orchestrator.checkpoints.fenced_saver import config_of
from orchestrator.checkpoints.row import Row
from orchestrator.checkpoints.saved import SENDS, Saved, Write, saved
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.weight import SERIALISED_AT_ONCE_BYTES
from orchestrator.errors import CheckpointUnreadable

Typed = tuple[str, tuple[str, bytes]]
"""A channel, and its value as the serializer gave it."""
Stored = tuple[tuple[str, str, int], str, str, bytes]
"""A task's write: where it stands in LangGraph's order, channel, type and value."""


@dataclass(frozen=True, kw_only=True)
class Head(Row):
    """A checkpoint, without the values of its channels."""

    item: Item

    @classmethod
    def of(cls, item: Item) -> "Head":
        """From its item."""
        metadata, size = json.loads(text(item, "metadata")), int(item["size"]["N"])
        return cls(text(item, "ns"), text(item, "id"), text(item, "parent") or None, metadata, size, item=item)


class Reader:
    """Of one table."""

    def __init__(self, dynamo: Dynamo, large: Large) -> None:
        self.dynamo = dynamo
        self.large = large

    async def heads(
        self, thread_id: str, namespace: str | None = None, *, latest_first: bool = False
    ) -> AsyncIterator[Head]:
        """The checkpoints of a namespace, or of all."""
        pk = partition(thread_id)
        if namespace is not None:
            async for item in self.dynamo.query(pk, checkpoint_key(namespace), latest_first=latest_first):
                yield Head.of(item)
            return
        found = [Head.of(item) async for item in self.dynamo.query(pk, CHECKPOINT)]
        for head in sorted(found, key=lambda head: head.checkpoint_id, reverse=latest_first):
            yield head

    async def checkpoint(
        self, thread_id: str, namespace: str, checkpoint_id: str | None, serde: Serializer, held: set[str] | None
    ) -> CheckpointTuple | None:
        """A checkpoint, or the latest of its namespace; see `whole`."""
        pk, found = partition(thread_id), None
        while found is None:
            if checkpoint_id is not None:
                item = await self.dynamo.get(pk, checkpoint_key(namespace, checkpoint_id))
            else:
                latest = self.dynamo.query(pk, checkpoint_key(namespace), latest_first=True, Limit=1)
                item = await anext(latest, None)
            if item is None:
                return None
            found = await self.whole(thread_id, Head.of(item), serde, held)
        return found

    async def whole(
        self, thread_id: str, head: Head, serde: Serializer, held: set[str] | None = None
    ) -> CheckpointTuple | None:
        """A checkpoint with all that belongs to it; None: it went while it was read.

        Args:
            thread_id: Its thread.
            head: What was read of it.
            serde: Reads its values.
            held: Of a thread whose lease is held, so that nobody else deletes anything: takes the sort keys of the
                values. Otherwise the checkpoint is looked for again, since it goes before what belongs to it.

        Raises:
            CheckpointUnreadable: It is there, and a value of it is not. *Not retryable.*
        """
        found, lost = None, None
        try:
            found = await self._whole(thread_id, head, serde, held)
        except CheckpointUnreadable as error:
            lost = error
        if (lost or held is None) and await self.dynamo.get(partition(thread_id), sort_key(head.item)) is None:
            return None
        if lost is not None:
            raise lost
        return found

    async def _whole(self, thread_id: str, head: Head, serde: Serializer, held: set[str] | None) -> CheckpointTuple:
        namespace = head.namespace
        (body, typed), writes = await asyncio.gather(
            self._values(thread_id, head, held),
            self.writes(partition(thread_id), namespace, head.checkpoint_id),
        )
        size = sum(len(value[1]) for _, value in typed) + sum(len(write[3]) for write in writes)

        def load() -> tuple[dict[str, Any], list[PendingWrite]]:
            return (
                body["channel_values"] | {channel: serde.loads_typed(value) for channel, value in typed},
                [(place[1], channel, serde.loads_typed((kind, data))) for place, channel, kind, data in writes],
            )

        found, pending = load() if size <= SERIALISED_AT_ONCE_BYTES else await asyncio.to_thread(load)
        return CheckpointTuple(
            config_of(thread_id, namespace, head.checkpoint_id),
            {**body, "channel_values": found},  # type: ignore[typeddict-item]
            head.metadata,  # type: ignore[arg-type]
            config_of(thread_id, namespace, head.parent_id) if head.parent_id else None,
            pending,
        )

    async def _values(self, thread_id: str, head: Head, held: set[str] | None) -> tuple[dict[str, Any], list[Typed]]:
        """A checkpoint as it was packed, and the values that stand beside it."""
        body = unpack_body(await self.large.read(head.item))
        channels = blobs_of(body, head.namespace)
        blobs = await self.dynamo.batch([(partition(thread_id), sk) for sk in channels])
        values = await asyncio.gather(*map(self.large.read, blobs))
        if held is not None:
            held.update(sort_key(item) for item in blobs)
        return body, [
            (channels[sort_key(item)], (text(item, "type"), data)) for item, data in zip(blobs, values, strict=True)
        ]

    async def writes(self, pk: str, namespace: str, checkpoint_id: str) -> list[Stored]:
        """What the tasks after a checkpoint did, in LangGraph's order."""

        async def under(prefix: str) -> list[Item]:
            return [item async for item in self.dynamo.query(pk, of_checkpoint(prefix, namespace, checkpoint_id))]

        output, control = await asyncio.gather(under(WRITES), under(CONTROL))
        values = await asyncio.gather(*map(self.large.read, [*output, *control]))
        found: list[Stored] = []
        for item, data in zip(output, values[: len(output)], strict=True):
            path, task = text(item, "path"), text(item, "task")
            for number, channel, kind, value in unpack_writes(data):
                found.append((writes_sort_key(path, task, number), channel, kind, value))
        for item, data in zip(control, values[len(output) :], strict=True):
            number = -int(text(item, "sk").rpartition("#")[2])
            place = writes_sort_key(text(item, "path"), text(item, "task"), number)
            found.append((place, text(item, "channel"), text(item, "type"), data))
        return sorted(found, key=lambda stored: stored[0])

    async def size(self, thread_id: str) -> tuple[int, int]:
        """How many checkpoints a thread has, and bytes with all that belongs to them."""
        pk = partition(thread_id)
        heads = [head.size_bytes or 0 async for head in self.heads(thread_id)]
        written = [size_of(item) for prefix in (WRITES, CONTROL) async for item in self.dynamo.query(pk, prefix)]
        return len(heads), sum(heads) + sum(written)

    async def control(self, thread_id: str, channel: str, namespace: str = "", task_id: str = "") -> list[Item]:
        """The questions, or answers, in a thread; of a task: only its own."""
        prefix = of_checkpoint(CONTROL, namespace, "").removesuffix("#") if task_id else CONTROL
        return [
            item
            async for item in self.dynamo.query(partition(thread_id), prefix)
            if text(item, "channel") == channel and (not task_id or text(item, "task") == task_id)
        ]

    async def saved(self, thread_id: str) -> list[Saved]:
        """A thread's checkpoints, oldest first, without the state in them."""
        pk = partition(thread_id)
        heads = [head async for head in self.heads(thread_id)]
        writes: list[Write] = []
        async for item in self.dynamo.query(pk, WRITES):
            channels = [channel["S"] for channel in item["channels"]["L"]]
            sent = unpack_writes(await self.large.read(item)) if SENDS in channels else []
            writes += [_write(item, channel) for channel in channels if channel != SENDS]
            writes += [_write(item, SENDS, data) for _, channel, _, data in sent if channel == SENDS]
        async for item in self.dynamo.query(pk, CONTROL):
            writes.append(_write(item, text(item, "channel")))
        return saved(heads, writes)


def _write(item: Item, channel: str, sent: bytes | None = None) -> Write:
    return Write(text(item, "ns"), text(item, "id"), text(item, "task"), text(item, "path"), channel, sent)
