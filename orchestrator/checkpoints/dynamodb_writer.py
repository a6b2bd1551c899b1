"""Writing to a table: everything goes with a look at the lease, in one transaction."""

import asyncio
import contextlib
from collections.abc import AsyncIterable, Iterable, Iterator, Sequence
from typing import Any
from weakref import WeakValueDictionary

from orchestrator.checkpoints.dynamodb_client import Cancelled, Dynamo, Item, key
from orchestrator.checkpoints.dynamodb_keys import LEASE, WRITES, partition, text
from orchestrator.checkpoints.dynamodb_large import Large
from orchestrator.checkpoints.dynamodb_rows import DynamoWrite, Row, pack_writes, unpack_writes
from orchestrator.checkpoints.store import Lease, superseded
from orchestrator.errors import LeaseLost, StoreUnavailable

MOST_ITEMS = 99
"""In a transaction, which takes 100: one is the lease."""
MOST_BYTES = 3_500_000
"""A transaction takes 4 MB; values are in it up to `INLINE_BYTES` each."""
HOLDS = "run_id = :run AND turn = :turn AND attempt = :attempt"


class Writer:
    """Of one table.

    The lease is not only looked at but written to: with the keys of all that the transaction writes. Another reader may
    see a transaction's items come in one by one, the lease first; whoever takes the thread over sees from these keys
    what it has to wait for (see `dynamodb_lease`).
    """

    def __init__(self, dynamo: Dynamo, large: Large) -> None:
        self.dynamo = dynamo
        self.large = large
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def turn(self, thread_id: str) -> asyncio.Lock:
        """Held by who writes to a thread, and by who looks through it for what nothing refers to: what was written
        meanwhile would be taken for that."""
        return self._turns.setdefault(thread_id, asyncio.Lock())

    async def commit(self, thread_id: str, lease: Lease | None, writes: Sequence[DynamoWrite]) -> None:
        """Write, while the lease holds; what is of one write together, or not at all.

        Raises:
            LeaseLost: It does not. *Not retryable.*
            StoreUnavailable: DynamoDB does not answer. *Retryable.*
        """
        async with self.turn(thread_id):
            for rows in _transactions(writes):
                await self.put(partition(thread_id), lease, rows)

    async def put(self, pk: str, lease: Lease | None, rows: Sequence[Row]) -> None:
        """Write rows of one partition in one transaction; large values before it."""
        values = await asyncio.gather(*(self.large.keep(pk, row.data) for row in rows))
        items = [(row, key(pk, row.sk) | row.attributes | value) for row, value in zip(rows, values, strict=True)]
        try:
            await asyncio.gather(*(self.dynamo("put_item", Item=item) for row, item in items if row.ahead))
            left = [(row, item) for row, item in items if not row.ahead]
            while left:
                try:
                    await self._transact(lease, [self._put(row, item) for row, item in left])
                except Cancelled as cancelled:
                    left = await self._merged(left, cancelled)
                else:
                    return
        except LeaseLost:
            with contextlib.suppress(StoreUnavailable):
                await self.large.forget(item for _, item in items)
            raise

    async def delete(self, lease: Lease | None, items: AsyncIterable[Item] | Iterable[Item]) -> None:
        """Delete items of one partition, a transaction after the other, and their large values.

        Raises:
            LeaseLost: The lease does not hold. *Not retryable.*
        """
        some: list[Item] = []
        async for item in _each(items):
            if len(some) == MOST_ITEMS or sum(map(_bytes_of, [*some, item])) > MOST_BYTES:
                await self._delete(lease, some)
                some = []
            some.append(item)
        if some:
            await self._delete(lease, some)

    async def _delete(self, lease: Lease | None, items: Sequence[Item]) -> None:
        await self._transact(lease, [{"Delete": self._table() | {"Key": _key_of(item)}} for item in items])
        await self.large.forget(items)

    async def _transact(self, lease: Lease | None, operations: list[dict[str, Any]]) -> None:
        """One transaction.

        Raises:
            LeaseLost: The lease does not hold. *Not retryable.*
            Cancelled: A row's condition does not.
        """
        if lease is None:
            await self.dynamo("transact_write_items", TransactItems=operations)
            return
        pk = partition(lease.thread_id)
        places = [operation.get("Item") or operation["Key"] for each in operations for operation in each.values()]
        last = [place["sk"] for place in places if text(place, "pk") == pk]
        fence = self._table() | {
            "Key": key(pk, LEASE),
            "UpdateExpression": "SET #last = :last",
            "ConditionExpression": HOLDS,
            "ExpressionAttributeNames": {"#last": "last"},
            "ExpressionAttributeValues": {":last": {"L": last}} | token_of(lease),
        }
        try:
            await self.dynamo("transact_write_items", TransactItems=[{"Update": fence}, *operations])
        except Cancelled as cancelled:
            if cancelled.failed(0):
                raise superseded(lease) from cancelled
            raise Cancelled(cancelled.reasons[1:]) from cancelled

    def _put(self, row: Row, item: Item) -> dict[str, Any]:
        condition = {"ConditionExpression": "attribute_not_exists(pk)"} if row.first_counts else {}
        return {"Put": self._table() | {"Item": item} | condition}

    async def _merged(self, rows: Sequence[tuple[Row, Item]], cancelled: Cancelled) -> list[tuple[Row, Item]]:
        """What is left to write, if some of it is there already: of that, the first counts.

        Raises:
            Cancelled: That was not why.
        """
        if not any(cancelled.failed(place) for place in range(len(rows))):
            raise cancelled
        left = []
        for place, (row, item) in enumerate(rows):
            if not cancelled.failed(place):
                left.append((row, item))
            elif row.sk.startswith(WRITES):
                left += await self._completed(row, item)
        return left

    async def _completed(self, row: Row, item: Item) -> list[tuple[Row, Item]]:
        """The task's writes as they are, and those that are not among them."""
        pk = text(item, "pk")
        found = await self.dynamo.get(pk, row.sk)
        if found is None:
            return [(row, item)]
        known = unpack_writes(await self.large.read(found))
        numbers = {write[0] for write in known}
        more = [write for write in unpack_writes(row.data) if write[0] not in numbers]
        if not more:
            return []
        channels = [*found["channels"]["L"], *(one for one in row.attributes["channels"]["L"])]
        merged = Row(row.sk, row.attributes | {"channels": {"L": channels}}, pack_writes(sorted([*known, *more])))
        return [(merged, key(pk, row.sk) | merged.attributes | await self.large.keep(pk, merged.data))]

    def _table(self) -> dict[str, Any]:
        return {"TableName": self.dynamo.address.table}


def token_of(lease: Lease) -> Item:
    """The values of `HOLDS`."""
    return {
        ":run": {"S": lease.run_id},
        ":turn": {"N": str(lease.token.turn)},
        ":attempt": {"N": str(lease.token.attempt)},
    }


def _transactions(writes: Iterable[DynamoWrite]) -> Iterator[list[Row]]:
    """As few as there can be; in each, an item is written once."""
    rows: list[Row] = []
    keys: set[str] = set()
    size = 0
    for write in writes:
        own = {row.sk for row in write.rows}
        own_size = sum(_size(row) for row in write.rows)
        if rows and (len(rows) + len(write.rows) > MOST_ITEMS or size + own_size > MOST_BYTES or keys & own):
            yield rows
            rows, keys, size = [], set(), 0
        rows += write.rows
        keys |= own
        size += own_size
    if rows:
        yield rows


def _size(row: Row) -> int:
    return min(len(row.data), 40_000) + len(text(row.attributes, "metadata")) + 500


def _bytes_of(item: Item) -> int:
    """Also what is deleted counts in a transaction."""
    return len(item.get("data", {}).get("B", b""))


def _key_of(item: Item) -> Item:
    return {"pk": item["pk"], "sk": item["sk"]}


async def _each(items: AsyncIterable[Item] | Iterable[Item]) -> AsyncIterable[Item]:
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    else:
        for one in items:
            yield one
