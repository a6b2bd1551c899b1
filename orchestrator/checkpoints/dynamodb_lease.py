"""Leases on threads, in a table.

How one writer is kept: every transaction writes to the thread's lease, under the condition that it still is the
attempt's (see `dynamodb_writer`). A successor takes the lease by a conditional write, before which or after which, but
never beside which, such a transaction is. DynamoDB promises no more than that of one item: of a transaction that was
committed another reader may see the lease's part first. So the lease says what its last transaction wrote, and the
successor reads those items in a transaction, which waits for them.
"""

import contextlib
from collections.abc import AsyncIterator

from orchestrator.checkpoints.dynamodb_client import Cancelled, Dynamo, Item, Unmet, key
from orchestrator.checkpoints.dynamodb_keys import LEASE, partition, text
from orchestrator.checkpoints.dynamodb_writer import HOLDS, token_of
from orchestrator.checkpoints.store import ForeignThread, Lease, superseded

THREADS = "threads"
"""The partition that lists them."""
COPYING = "copying"
"""The mark on the lease of a copy that is not finished."""
TAKE = "SET run_id = :run, turn = :turn, attempt = :attempt"
MAY_TAKE = "attribute_not_exists(pk) OR (run_id = :run AND (turn < :turn OR (turn = :turn AND attempt <= :attempt)))"
SETTLED_AT_ONCE = 25
"""Items in a transaction that reads: as many as other servers than AWS's take."""


class Leases:
    """Of one table."""

    def __init__(self, dynamo: Dynamo) -> None:
        self.dynamo = dynamo

    async def get(self, thread_id: str) -> Item | None:
        """Who holds a thread."""
        return await self.dynamo.get(partition(thread_id), LEASE)

    async def take(self, lease: Lease, continued_from: str | None = None) -> Item:
        """The lease, taken; what was written under the one before has been written by now.

        Raises:
            LeaseLost: A later turn or attempt has it. *Not retryable.*
            ForeignThread: Another run has it.
        """
        if await self.get(lease.thread_id) is None:
            await self._listed(lease.thread_id)
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
        await self.settled(lease.thread_id, held)
        return held

    async def _listed(self, thread_id: str) -> None:
        """Make a thread be found by the retention, before there is one."""
        await self.dynamo("put_item", Item=key(THREADS, thread_id))

    async def threads(self) -> AsyncIterator[str]:
        """The ids of all threads that were leased."""
        async for item in self.dynamo.query(THREADS):
            yield text(item, "sk")

    async def settled(self, thread_id: str, held: Item) -> None:
        """Return once all that the last transaction wrote is to be seen.

        A read in a transaction is refused while another one is at work on its items.
        """
        table, pk = {"TableName": self.dynamo.address.table, "ProjectionExpression": "pk"}, partition(thread_id)
        keys = held.get("last", {}).get("L", [])
        for at in range(0, len(keys), SETTLED_AT_ONCE):
            gets = [{"Get": table | {"Key": key(pk, sk["S"])}} for sk in keys[at : at + SETTLED_AT_ONCE]]
            await self.dynamo("transact_get_items", TransactItems=gets)

    async def taken_for_a_copy(self, lease: Lease) -> bool:
        """Whether the thread was nobody's, and is this attempt's to copy to now."""
        await self._listed(lease.thread_id)
        item = key(partition(lease.thread_id), LEASE) | _token(lease) | {COPYING: {"BOOL": True}}
        try:
            await self.dynamo("put_item", Item=item, ConditionExpression="attribute_not_exists(pk)")
        except Unmet:
            return False
        return True

    async def finished(self, lease: Lease) -> None:
        """Say that a copy is all there.

        Raises:
            LeaseLost: A later turn or attempt has it. *Not retryable.*
        """
        try:
            await self.dynamo(
                "update_item",
                Key=key(partition(lease.thread_id), LEASE),
                UpdateExpression=f"REMOVE {COPYING}",
                ConditionExpression=HOLDS,
                ExpressionAttributeValues=token_of(lease),
            )
        except Unmet:
            raise superseded(lease) from None

    async def hold(self, lease: Lease) -> bool:
        """Whether a lease does."""
        held = await self.get(lease.thread_id) or {}
        return all(held.get(name) == value for name, value in _token(lease).items())

    async def drop(self, lease: Lease) -> None:
        """Give a thread back that is empty, if the lease holds, and take it off the list with it."""
        table = {"TableName": self.dynamo.address.table}
        held = {
            "Key": key(partition(lease.thread_id), LEASE),
            "ConditionExpression": HOLDS,
            "ExpressionAttributeValues": token_of(lease),
        }
        listed = {"Key": key(THREADS, lease.thread_id)}
        with contextlib.suppress(Cancelled):  # it does not
            await self.dynamo("transact_write_items", TransactItems=[{"Delete": table | it} for it in (held, listed)])


def _token(lease: Lease) -> Item:
    """A lease's attributes."""
    values = token_of(lease)
    return {"run_id": values[":run"], "turn": values[":turn"], "attempt": values[":attempt"]}
