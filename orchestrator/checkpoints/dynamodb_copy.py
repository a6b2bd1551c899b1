"""Copying a thread: some items at a time, each of them as the copy is to have it."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from langgraph.checkpoint.base import WRITES_IDX_MAP

from orchestrator.calls import Rewind
from orchestrator.checkpoints.dynamodb_client import LARGEST_BATCH, Item
from orchestrator.checkpoints.dynamodb_keys import BLOB, CHECKPOINT, CONTROL, WRITES, partition, text
from orchestrator.checkpoints.dynamodb_large import PLACES
from orchestrator.checkpoints.dynamodb_reader import Reader
from orchestrator.checkpoints.dynamodb_rows import (
    MOST_BLOBS,
    Row,
    blobs_of,
    pack_body,
    pack_writes,
    unpack_body,
    unpack_writes,
)
from orchestrator.checkpoints.serde import Serializer, serializer
from orchestrator.checkpoints.store import kept_answers

RESUME = "__resume__"
MOST_BYTES = 2_000_000
"""Of values in hand at a time, unless one is larger."""


async def copied(reader: Reader, source: str, rewind: Rewind) -> AsyncIterator[list[Row]]:
    """The items of a thread up to a checkpoint, as many at a time as go into a transaction."""
    batch = _Batch()
    async for item in _items(reader, partition(source), rewind):
        attributes = {name: value for name, value in item.items() if name not in ("pk", "sk", *PLACES)}
        row = Row(text(item, "sk"), attributes, await reader.large.read(item))
        if batch.is_full(row):
            yield batch.taken()
        batch.add(row)
    if batch.rows:
        yield batch.taken()


async def _items(reader: Reader, pk: str, rewind: Rewind) -> AsyncIterator[Item]:
    """Of the channels' values only those that the checkpoints have."""
    blobs: dict[str, None] = {}
    async for item in reader.dynamo.query(pk, CHECKPOINT):
        if text(item, "id") <= rewind.checkpoint_id:
            blobs |= dict.fromkeys(blobs_of(unpack_body(await reader.large.read(item)), text(item, "ns")))
            yield item
    for prefix in (WRITES, CONTROL):
        async for item in reader.dynamo.query(pk, prefix):
            checkpoint_id = text(item, "id")
            if checkpoint_id < rewind.checkpoint_id or (checkpoint_id == rewind.checkpoint_id and not rewind.afresh):
                yield item
    keys = [(pk, sk) for sk in blobs]
    for at in range(0, len(keys), LARGEST_BATCH):
        for item in await reader.dynamo.batch(keys[at : at + LARGEST_BATCH]):
            yield item


@dataclass(slots=True)
class _Batch:
    rows: list[Row] = field(default_factory=list)
    size: int = 0

    def is_full(self, row: Row) -> bool:
        """Whether another one has no room in it."""
        return len(self.rows) >= MOST_BLOBS or (bool(self.rows) and self.size + len(row.data) > MOST_BYTES)

    def add(self, row: Row) -> None:
        """One more."""
        self.rows.append(row)
        self.size += len(row.data)

    def taken(self) -> list[Row]:
        """All of them; then there are none."""
        rows, self.rows, self.size = self.rows, [], 0
        return rows


def with_kept_answers(rows: list[Row], rewind: Rewind, serde: Serializer) -> list[Row]:
    """Without what the tasks that waited did, but for the answers that they had then."""
    kept = kept_answers(rewind)
    found = []
    for row in rows:
        count = kept.get((text(row.attributes, "ns"), text(row.attributes, "task")))
        if count is None or not row.sk.startswith((WRITES, CONTROL)):
            found.append(row)
        elif text(row.attributes, "channel") == RESUME and count:
            answers = serde.loads_typed((text(row.attributes, "type"), row.data))[:count]
            kind, data = serde.dumps_typed(answers)
            found.append(Row(row.sk, row.attributes | {"type": {"S": kind}}, data))
    return found


class Copied:
    """Items on their way into a copy, as rows of the queries by which encryption seals them for it."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows
        self._serde = serializer([])

    async def __call__(self, query: str, *parameters: Any) -> list[Any]:
        """The rows of a query, by its name; see `secrets/copied.py`."""
        found: list[Any] = getattr(self, query)(*parameters) or []
        return found

    def copied_checkpoints(self, _thread: str) -> list[Any]:
        return [(text(row.attributes, "ns"), text(row.attributes, "id")) for row in self._of(CHECKPOINT)]

    def copied_checkpoint(self, _thread: str, namespace: str, checkpoint_id: str) -> list[Any]:
        row = self._one(CHECKPOINT, ns=namespace, id=checkpoint_id)
        return [(None, unpack_body(row.data), text(row.attributes, "metadata"))]

    def reseal_checkpoint(self, body: str, metadata: str, _thread: str, namespace: str, checkpoint_id: str) -> None:
        row = self._one(CHECKPOINT, ns=namespace, id=checkpoint_id)
        row.data = pack_body(json.loads(body))
        row.attributes["metadata"] = {"S": metadata}

    def copied_blobs(self, _thread: str) -> list[Any]:
        return [tuple(text(row.attributes, name) for name in ("ns", "channel", "version")) for row in self._of(BLOB)]

    def copied_blob(self, _thread: str, namespace: str, channel: str, version: str) -> list[Any]:
        row = self._one(BLOB, ns=namespace, channel=channel, version=version)
        return [(self._serde.loads_typed((text(row.attributes, "type"), row.data)),)]

    def reseal_blob(self, value: Any, _thread: str, namespace: str, channel: str, version: str) -> None:
        row = self._one(BLOB, ns=namespace, channel=channel, version=version)
        kind, row.data = self._serde.dumps_typed(value)
        row.attributes["type"] = {"S": kind}

    def copied_writes(self, _thread: str) -> list[Any]:
        found = [(*_task(row), WRITES_IDX_MAP[text(row.attributes, "channel")]) for row in self._of(CONTROL)]
        for row in self._of(WRITES):
            found += [(*_task(row), write[0]) for write in unpack_writes(row.data)]
        return found

    def copied_write(self, _thread: str, *place: Any) -> list[Any]:
        row = self._of_task(*place)
        if row.sk.startswith(CONTROL):
            return [(text(row.attributes, "channel"), row.data)]
        return [(write[1], write[3]) for write in unpack_writes(row.data) if write[0] == place[3]]

    def reseal_write(self, value: bytes, _thread: str, *place: Any) -> None:
        row = self._of_task(*place)
        if row.sk.startswith(CONTROL):
            row.data = value
            return
        row.data = pack_writes(
            [(*write[:3], value) if write[0] == place[3] else write for write in unpack_writes(row.data)]
        )

    def _of(self, prefix: str) -> list[Row]:
        return [row for row in self._rows if row.sk.startswith(prefix)]

    def _of_task(self, namespace: str, checkpoint_id: str, task_id: str, number: int) -> Row:
        if number < 0:
            channel = next(name for name, known in WRITES_IDX_MAP.items() if known == number)
            return self._one(CONTROL, ns=namespace, id=checkpoint_id, task=task_id, channel=channel)
        return self._one(WRITES, ns=namespace, id=checkpoint_id, task=task_id)

    def _one(self, prefix: str, **names: str) -> Row:
        return next(
            row for row in self._of(prefix) if all(text(row.attributes, name) == value for name, value in names.items())
        )


def _task(row: Row) -> tuple[str, str, str]:
    return text(row.attributes, "ns"), text(row.attributes, "id"), text(row.attributes, "task")
