"""DynamoDB: one table for all threads, a partition for each.

How one writer is kept: every transaction writes to the thread's lease, under the condition that it still is the
attempt's (see `dynamodb_writer`). A successor takes the lease by a conditional write, before which or after which, but
never beside which, such a transaction is. DynamoDB promises no more than that of one item: of a transaction that was
committed another reader may see the lease's part first. So the lease says what its last transaction wrote, and the
successor reads those items in a transaction, which waits for them.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Self
from weakref import WeakSet

from botocore.exceptions import ClientError

from orchestrator.calls import Rewind
from orchestrator.checkpoints.dynamodb_address import Address
from orchestrator.checkpoints.dynamodb_client import READ_SECONDS, Dynamo, Item, Unmet, is_missing, key
from orchestrator.checkpoints.dynamodb_copy import Copied, copied, with_kept_answers
from orchestrator.checkpoints.dynamodb_history import keep_head
from orchestrator.checkpoints.dynamodb_large import Large
from orchestrator.checkpoints.dynamodb_memory import DynamoMemory
from orchestrator.checkpoints.dynamodb_reader import Reader
from orchestrator.checkpoints.dynamodb_rows import (
    BLOB,
    CHECKPOINT,
    CONTROL,
    LEASE,
    PART,
    WRITES,
    DynamoWrite,
    partition,
    text,
)
from orchestrator.checkpoints.dynamodb_saver import FencedDynamoSaver
from orchestrator.checkpoints.dynamodb_transaction import THREADS, atomically
from orchestrator.checkpoints.dynamodb_values import Values
from orchestrator.checkpoints.dynamodb_writer import HOLDS, Writer, token_of
from orchestrator.checkpoints.group_commit import GroupCommit
from orchestrator.checkpoints.saved import Saved
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import (
    Asked,
    CheckpointStore,
    ForeignThread,
    Lease,
    OnCheckpoint,
    Rows,
    T,
    check_copied,
    superseded,
)
from orchestrator.errors import (
    ConfigurationError,
    SchemaMismatch,
    StoreUnavailable,
    ThreadLost,
)

__all__ = ["DynamoStore", "FencedDynamoSaver"]

INTERRUPT, RESUME = "__interrupt__", "__resume__"
ACTIVE_SECONDS = 120
"""For how long `setup` waits for a new table."""
TAKE = "SET run_id = :run, turn = :turn, attempt = :attempt"
MAY_TAKE = "attribute_not_exists(pk) OR (run_id = :run AND (turn < :turn OR (turn = :turn AND attempt <= :attempt)))"
KEYS = {"pk": "HASH", "sk": "RANGE"}
SETTLED_AT_ONCE = 25
"""Items in a transaction that reads: as many as other servers than AWS's take."""
LAYOUT = ("orchestrator", "layout")
VERSION = 1
"""Of how items are laid out in the table."""


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
        try:
            await self.dynamo(
                "create_table",
                KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in KEYS.items()],
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in KEYS],
                BillingMode="PAY_PER_REQUEST",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceInUseException":  # there is one already
                raise
        await self._active()
        try:
            layout = key(*LAYOUT) | {"version": {"N": str(VERSION)}}
            await self.dynamo("put_item", Item=layout, ConditionExpression="attribute_not_exists(pk)")
        except Unmet:
            self._check_layout(await self.layout())
        await self.large.check()

    async def prepare(self) -> None:
        if (version := await self.layout()) == 0:
            await self.setup()
            return
        self._check_layout(version)
        await self.large.check()

    async def _active(self) -> None:
        """Wait until the table takes requests."""
        try:
            async with asyncio.timeout(ACTIVE_SECONDS):
                while (table := (await self.dynamo("describe_table"))["Table"])["TableStatus"] == "CREATING":
                    await asyncio.sleep(1)
        except TimeoutError as error:
            raise self.dynamo.unavailable(error) from error
        if {each["AttributeName"]: each["KeyType"] for each in table["KeySchema"]} != KEYS:
            raise ConfigurationError(
                f"{self.address} is another application's: its keys are not `pk` and `sk`. Name a table that is not "
                "there yet; `orchestrator setup` creates it."
            )

    async def layout(self) -> int:
        """The version of how items are laid out in the table; 0: `setup` has not been here.

        Raises:
            StoreUnavailable: DynamoDB does not answer. *Retryable.*
        """
        try:
            found = await self.dynamo.get(*LAYOUT)
        except StoreUnavailable as error:
            if error.__cause__ is not None and is_missing(error.__cause__):
                return 0
            raise
        return int(found["version"]["N"]) if found else 0

    def _check_layout(self, version: int) -> None:
        if version != VERSION:
            raise SchemaMismatch(
                f"{self.address} has items of layout {version}, and this release needs {VERSION}: deploy a newer one."
            )

    async def acquire(self, lease: Lease, continued_from: str | None = None) -> None:
        if await self.dynamo.get(partition(lease.thread_id), LEASE) is None:
            await self._listed(lease.thread_id)
        if "copying" in await self._take(lease, continued_from):
            raise ThreadLost(f"Thread {lease.thread_id} was not copied to its end. Abort, or reset to another point.")

    async def _take(self, lease: Lease, continued_from: str | None = None) -> Item:
        """The lease, taken; what was written under the one before has been written by now."""
        continued = {":continued": {"S": continued_from}} if continued_from else {}
        try:
            answer = await self.dynamo(
                "update_item",
                Key=key(partition(lease.thread_id), LEASE),
                UpdateExpression=TAKE,
                ConditionExpression=MAY_TAKE + (" OR run_id = :continued" if continued else ""),
                ExpressionAttributeValues=token_of(lease) | continued,
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except Unmet as unmet:
            if text(unmet.found, "run_id") == lease.run_id:
                raise superseded(lease) from None
            raise ForeignThread(lease.thread_id) from None
        held: Item = answer["Attributes"]
        await self._settled(lease.thread_id, held)
        return held

    async def _listed(self, thread_id: str) -> None:
        """Make a thread be found by the retention, before there is one."""
        await self.dynamo("put_item", Item=key(THREADS, thread_id))

    async def threads(self) -> AsyncIterator[str]:
        """The ids of all threads that were leased."""
        async for item in self.dynamo.query(THREADS):
            yield text(item, "sk")

    async def _settled(self, thread_id: str, held: Item) -> None:
        """Return once all that the last transaction wrote is to be seen.

        A read in a transaction is refused while another one is at work on its items.
        """
        table, pk = {"TableName": self.address.table, "ProjectionExpression": "pk"}, partition(thread_id)
        keys = held.get("last", {}).get("L", [])
        for at in range(0, len(keys), SETTLED_AT_ONCE):
            gets = [{"Get": table | {"Key": key(pk, sk["S"])}} for sk in keys[at : at + SETTLED_AT_ONCE]]
            await self.dynamo("transact_get_items", TransactItems=gets)

    async def branch(self, source: str, lease: Lease, rewind: Rewind | None, serde: Serializer) -> None:
        """Take the copy first, marked as one that is not finished, and fill it under its lease: so of two attempts that
        copy at the same time the later one finishes it, and one that died is begun anew."""
        pk = partition(lease.thread_id)
        if rewind is None:
            await self.acquire(lease)
            return
        if not await self._taken_anew(lease):
            if "copying" not in await self._take(lease):
                return
            await self._clear(lease.thread_id, lease)
        if (theirs := await self.dynamo.get(partition(source), LEASE)) is not None:
            await self._settled(source, theirs)
        count = 0
        async for rows in copied(self.reader, source, rewind):
            count += sum(row.sk.startswith(CHECKPOINT) for row in rows)
            if self.on_copied is not None:
                await self.on_copied(Copied(rows), source, lease.thread_id)
            await self.writer.put(pk, lease, with_kept_answers(rows, rewind, serde))
        check_copied(source, rewind, count)
        if rewind.head:
            await keep_head(self.reader, self.writer, lease)
        await self._finished(lease)

    async def _taken_anew(self, lease: Lease) -> bool:
        """Whether the thread was nobody's, and is this attempt's to copy to now."""
        await self._listed(lease.thread_id)
        item = key(partition(lease.thread_id), LEASE) | _token(lease) | {"copying": {"BOOL": True}}
        try:
            await self.dynamo("put_item", Item=item, ConditionExpression="attribute_not_exists(pk)")
        except Unmet:
            return False
        return True

    async def _finished(self, lease: Lease) -> None:
        try:
            await self.dynamo(
                "update_item",
                Key=key(partition(lease.thread_id), LEASE),
                UpdateExpression="REMOVE copying",
                ConditionExpression=HOLDS,
                ExpressionAttributeValues=token_of(lease),
            )
        except Unmet:
            raise superseded(lease) from None

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

    async def prune(self, lease: Lease) -> bool:
        return await keep_head(self.reader, self.writer, lease)

    async def atomically(self, work: Callable[[Rows], Awaitable[T]], lease: Lease | None = None) -> T:
        return await atomically(self, work, lease)

    async def holds(self, lease: Lease) -> bool:
        """Whether a lease does."""
        held = await self.dynamo.get(partition(lease.thread_id), LEASE) or {}
        return all(held.get(name) == value for name, value in _token(lease).items())

    async def drop(self, lease: Lease) -> None:
        """Delete a thread, and at last its lease: so a deletion that was cut short is found, and taken up again."""
        await self._clear(lease.thread_id, lease)
        with contextlib.suppress(Unmet):
            await self.dynamo(
                "delete_item",
                Key=key(partition(lease.thread_id), LEASE),
                ConditionExpression=HOLDS,
                ExpressionAttributeValues=token_of(lease),
            )
            await self.dynamo("delete_item", Key=key(THREADS, lease.thread_id))

    async def put_value(self, key: str, data: bytes) -> None:
        await self.values.put(key, data)

    async def get_value(self, key: str) -> bytes | None:
        return await self.values.get(key)

    def memory(self) -> DynamoMemory:
        return DynamoMemory(self.dynamo, self.large)


def _token(lease: Lease) -> Item:
    """A lease's attributes."""
    values = token_of(lease)
    return {"run_id": values[":run"], "turn": values[":turn"], "attempt": values[":attempt"]}
