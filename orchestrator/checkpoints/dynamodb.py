"""DynamoDB: one table for all threads, a partition for each."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self
from weakref import WeakSet

from orchestrator.calls import Rewind
from orchestrator.checkpoints.dynamodb_address import Address
from orchestrator.checkpoints.dynamodb_client import READ_SECONDS, Dynamo, Item
from orchestrator.checkpoints.dynamodb_copy import Copied, copied, with_kept_answers
from orchestrator.checkpoints.dynamodb_history import prune
from orchestrator.checkpoints.dynamodb_keys import BLOB, CHECKPOINT, CONTROL, PART, WRITES, partition, text
from orchestrator.checkpoints.dynamodb_large import Large
from orchestrator.checkpoints.dynamodb_lease import COPYING, Leases
from orchestrator.checkpoints.dynamodb_memory import DynamoMemory
from orchestrator.checkpoints.dynamodb_queries import Queries
from orchestrator.checkpoints.dynamodb_reader import Reader
from orchestrator.checkpoints.dynamodb_rows import DynamoWrite
from orchestrator.checkpoints.dynamodb_saver import FencedDynamoSaver
from orchestrator.checkpoints.dynamodb_table import Table
from orchestrator.checkpoints.dynamodb_transaction import atomically
from orchestrator.checkpoints.dynamodb_values import Values
from orchestrator.checkpoints.dynamodb_writer import Writer
from orchestrator.checkpoints.group_commit import GroupCommit
from orchestrator.checkpoints.saved import Saved
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import (
    Asked,
    CheckpointStore,
    Lease,
    OnCheckpoint,
    Rows,
    T,
    check_copied,
)
from orchestrator.errors import ThreadLost

__all__ = ["DynamoStore", "FencedDynamoSaver"]

INTERRUPT, RESUME = "__interrupt__", "__resume__"


class DynamoStore(CheckpointStore):
    """One DynamoDB table."""

    by_channel = True

    def __init__(self, url: str) -> None:
        self.url = url
        self.address = Address.of(url)
        self.dynamo = Dynamo(self.address)
        self.large = Large(self.dynamo)
        self.reader = Reader(self.dynamo, self.large)
        self.writer = Writer(self.dynamo, self.large)
        self.leases = Leases(self.dynamo)
        self.table = Table(self.dynamo)
        self.values = Values(self.dynamo, self.large)
        self._groups: WeakSet[GroupCommit[DynamoWrite]] = WeakSet()

    @property
    def name(self) -> str:
        return self.address.name

    async def __aenter__(self) -> Self:
        await self.dynamo.open()
        return self

    async def __aexit__(self, *exc: object) -> None:
        for group in list(self._groups):
            await group.settled()
        await self.dynamo.close()

    async def setup(self) -> None:
        await self.table.create()
        await self.large.check()

    async def prepare(self) -> None:
        await self.table.prepare()
        await self.large.check()

    async def acquire(self, lease: Lease, continued_from: str | None = None) -> None:
        if COPYING in await self.leases.take(lease, continued_from):
            raise ThreadLost(f"Thread {lease.thread_id} was not copied to its end. Abort, or reset to another point.")

    async def branch(self, source: str, lease: Lease, rewind: Rewind | None, serde: Serializer) -> None:
        """Take the copy first, marked as one that is not finished, and fill it under its lease: so of two attempts that
        copy at the same time the later one finishes it, and one that died is begun anew."""
        pk = partition(lease.thread_id)
        if rewind is None:
            await self.acquire(lease)
            return
        if not await self.leases.taken_for_a_copy(lease):
            if COPYING not in await self.leases.take(lease):
                return
            await self._clear(lease.thread_id, lease)
        if (theirs := await self.leases.get(source)) is not None:
            await self.leases.settled(source, theirs)
        taken: set[str] = set()
        async for rows in copied(self.reader, source, rewind):
            taken |= {row.sk for row in rows if row.sk.startswith(CHECKPOINT)}
            if self.on_copied is not None:
                await self.on_copied(Copied(rows), source, lease.thread_id)
            await self.writer.put(pk, lease, with_kept_answers(rows, rewind, serde))
        check_copied(source, rewind, len(taken) if await self._has(source, taken) else 0)
        if rewind.head:
            await self.prune(lease)
        await self.leases.finished(lease)

    async def _has(self, thread_id: str, checkpoints: set[str]) -> bool:
        """Whether all of them still are. They go before what hangs on them, so nothing of that has gone either."""
        found = self.dynamo.query(partition(thread_id), CHECKPOINT, ProjectionExpression="sk")
        return checkpoints <= {text(item, "sk") async for item in found}

    async def latest(self, thread_id: str) -> str | None:
        return max([head.checkpoint_id async for head in self.reader.heads(thread_id)], default=None)

    async def saved(self, thread_id: str) -> list[Saved]:
        return await self.reader.saved(thread_id)

    def saver(
        self, lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None = None
    ) -> FencedDynamoSaver:
        return FencedDynamoSaver(self, lease, serde, on_checkpoint)

    def group(self, lease: Lease | None) -> GroupCommit[DynamoWrite]:
        """Writes of one saver, which go to the table together; those of several threads in a transaction each."""

        async def together(writes: Sequence[DynamoWrite]) -> None:
            for thread_id in dict.fromkeys(write.thread_id for write in writes):
                await self.writer.commit(thread_id, lease, [write for write in writes if write.thread_id == thread_id])

        async def alone(write: DynamoWrite) -> None:
            await self.writer.commit(write.thread_id, lease, [write])

        group = GroupCommit(together, alone, float(READ_SECONDS))
        self._groups.add(group)
        return group

    async def delete(self, thread_id: str, lease: Lease | None) -> None:
        """Delete a thread's checkpoints, while the lease holds.

        Raises:
            LeaseLost: It does not. *Not retryable.*
        """
        await self._clear(thread_id, lease)

    async def _clear(self, thread_id: str, lease: Lease | None) -> None:
        for prefix in (CHECKPOINT, WRITES, CONTROL, BLOB, PART):
            await self.writer.delete(lease, self.dynamo.query(partition(thread_id), prefix))

    async def asked(self, thread_id: str, serde: Serializer) -> list[Asked]:
        items = await self.reader.control(thread_id, INTERRUPT)
        return [
            Asked(text(item, "ns"), text(item, "task"), text(item, "path"), await self._value(item, serde))
            for item in items
        ]

    async def answered(self, thread_id: str, checkpoint_ns: str, task_id: str, serde: Serializer) -> int:
        items = await self.reader.control(thread_id, RESUME, checkpoint_ns, task_id)
        return max([len(await self._value(item, serde)) for item in items], default=0)

    async def _value(self, item: Item, serde: Serializer) -> Any:
        return serde.loads_typed((text(item, "type"), await self.large.read(item)))

    async def prune(self, lease: Lease, base: str = "") -> None:
        await prune(self.reader, self.writer, lease, base)

    async def atomically(self, work: Callable[[Rows], Awaitable[T]]) -> T:
        return await atomically(self, Queries, work)

    async def drop(self, lease: Lease) -> None:
        """Delete a thread, and at last its lease: so a deletion that was cut short is found, and taken up again."""
        await self._clear(lease.thread_id, lease)
        await self.leases.drop(lease)

    async def put_value(self, key: str, data: bytes) -> None:
        await self.values.put(key, data)

    async def get_value(self, key: str) -> bytes | None:
        return await self.values.get(key)

    def memory(self) -> DynamoMemory:
        return DynamoMemory(self.dynamo, self.large)
