"""A transaction of several reads and writes on DynamoDB, with Python in between.

What is read must still be so when the work ends: then all that was written is written in one transaction; or else
nothing is, and the work begins again. Only what a transaction has no room for is done apart from that, in steps that
may be repeated: deleting a thread, whose lease is first taken by nobody, so that nobody else writes to it.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from orchestrator.checkpoints.dynamodb_client import Cancelled, Item, key
from orchestrator.checkpoints.dynamodb_keys import LEASE, partition, text
from orchestrator.checkpoints.dynamodb_writer import HOLDS, token_of
from orchestrator.checkpoints.store import Lease, Rows

if TYPE_CHECKING:
    from orchestrator.checkpoints.dynamodb import DynamoStore

T = TypeVar("T")
Place = tuple[str, str]

NOBODY = "deleted"
"""The run that holds the lease of a thread which is being deleted."""
UNCHANGED = "attribute_not_exists(pk)", "revision = :revision"


async def atomically(store: "DynamoStore", queries: "type[Transaction]", work: Callable[[Rows], Awaitable[T]]) -> T:
    """What `work` returns, done in one transaction.

    Raises:
        StoreUnavailable: DynamoDB does not answer. *Retryable.*
    """
    while True:
        transaction = queries(store)
        done = await work(transaction)
        try:
            await transaction.commit()
        except Cancelled as cancelled:
            if not cancelled.by_others:
                raise
        else:
            return done


class Transaction:
    """Runs queries by name."""

    def __init__(self, store: "DynamoStore") -> None:
        self._store = store
        self._read: dict[Place, Item | None] = {}
        self._written: dict[Place, Item | None] = {}
        self._unleased: list[Lease] = []
        self._values: list[str] = []

    async def __call__(self, query: str, *parameters: Any) -> list[Any]:
        """The rows of a query; none if it only writes."""
        found: list[Any] | None = await getattr(self, f"_{query}")(*parameters)
        return found or []

    async def commit(self) -> None:
        """Do what was written.

        Raises:
            Cancelled: Something that was read is different by now, and nothing was done.
        """
        operations = [self._operation(place) for place in {**self._read, **self._written}]
        operations += [self._taken_by_nobody(lease) for lease in self._unleased]
        if self._written or self._unleased:
            await self._store.dynamo("transact_write_items", TransactItems=operations)
        for lease in self._unleased:
            await self._store.drop(Lease(lease.thread_id, NOBODY, lease.token))
        for name in self._values:
            await self._store.values.drop(name)

    def _operation(self, place: Place) -> dict[str, Any]:
        known = self._read.get(place)
        missing, same = UNCHANGED
        condition: dict[str, Any] = {"TableName": self._store.address.table}
        if place in self._read:
            condition["ConditionExpression"] = missing if known is None else same
            if known is not None:
                condition["ExpressionAttributeValues"] = {":revision": known["revision"]}
        if place not in self._written:
            return {"ConditionCheck": condition | {"Key": key(*place)}}
        if (item := self._written[place]) is None:
            return {"Delete": condition | {"Key": key(*place)}}
        revision = int(known["revision"]["N"]) if known else 0
        return {"Put": condition | {"Item": key(*place) | item | {"revision": {"N": str(revision + 1)}}}}

    def _taken_by_nobody(self, lease: Lease) -> dict[str, Any]:
        return {
            "Update": {
                "TableName": self._store.address.table,
                "Key": key(partition(lease.thread_id), LEASE),
                "UpdateExpression": "SET run_id = :nobody",
                "ConditionExpression": HOLDS,
                "ExpressionAttributeValues": token_of(lease) | {":nobody": {"S": NOBODY}},
            }
        }

    async def _get(self, pk: str, sk: str) -> Item | None:
        """An item that must still be like that when the transaction ends."""
        if (pk, sk) not in self._read:
            self._read[pk, sk] = await self._store.dynamo.get(pk, sk)
        return self._read[pk, sk]

    async def _page(self, pk: str, after: str, limit: int) -> list[Item]:
        """Items behind a key, by key; of what may change meanwhile."""
        start: dict[str, Any] = {"ExclusiveStartKey": key(pk, after)} if after else {}
        found = []
        async for item in self._store.dynamo.query(pk, Limit=limit, **start):
            found.append(item)
            if len(found) == limit:
                break
        return found

    async def _span(self, pk: str, first: str, end: str) -> list[str]:
        """The keys from one up to before another, which share all but their last character."""
        found = self._store.dynamo.query(pk, first[:-1])
        return [name async for item in found if first <= (name := text(item, "sk")) < end]
