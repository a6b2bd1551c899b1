"""Values that travel by reference: an item each, and a line in a list of all."""

from datetime import UTC, datetime

from orchestrator.checkpoints.dynamodb_client import Dynamo, key
from orchestrator.checkpoints.dynamodb_large import Large

VALUES, VALUE = "values", "value"


class Values:
    """Of one table."""

    def __init__(self, dynamo: Dynamo, large: Large) -> None:
        self.dynamo = dynamo
        self.large = large

    async def put(self, name: str, data: bytes) -> None:
        """Keep a value, in the place of one before it. It is listed first: what is listed can be deleted."""
        await self.dynamo(
            "update_item",
            Key=key(VALUES, name),
            UpdateExpression="SET #size = :size, created_at = if_not_exists(created_at, :now)",
            ExpressionAttributeNames={"#size": "size"},
            ExpressionAttributeValues={
                ":size": {"N": str(len(data))},
                ":now": {"S": datetime.now(UTC).isoformat()},
            },
        )
        pk = _partition(name)
        item = key(pk, VALUE) | await self.large.keep(pk, data)
        answer = await self.dynamo("put_item", Item=item, ReturnValues="ALL_OLD")
        await self.large.replaced(answer.get("Attributes", {}), item)

    async def get(self, name: str) -> bytes | None:
        """A value.

        Raises:
            CheckpointUnreadable: Its parts are gone. *Not retryable.*
        """
        item = await self.dynamo.get(_partition(name), VALUE)
        found = await self.large.current(item) if item is not None else None
        return None if found is None else found[1]

    async def drop(self, name: str) -> None:
        """Delete a value; read first, since an answer that says what was deleted may be lost."""
        item = await self.dynamo.get(_partition(name), VALUE)
        answer = await self.dynamo("delete_item", Key=key(_partition(name), VALUE), ReturnValues="ALL_OLD")
        await self.large.forget([answer.get("Attributes") or item or {}])
        await self.dynamo("delete_item", Key=key(VALUES, name))


def _partition(name: str) -> str:
    return f"{VALUE}#{name}"
