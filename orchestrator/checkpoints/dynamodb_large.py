"""Values that an item has no room for (it takes 400 kB): in parts beside it, or in S3.

They are written before the transaction that refers to them, under a name that is drawn: so what is left behind by one
that never came is found by nobody. In parts a value needs no second service, and goes with its thread; but DynamoDB
counts writes by the kilobyte, a thousand a second for each partition. So with states of several megabytes: S3.
"""

import asyncio
from collections.abc import Iterable
from uuid import uuid4

from botocore.exceptions import ClientError

from orchestrator.checkpoints.dynamodb_client import Dynamo, Item, key
from orchestrator.checkpoints.dynamodb_keys import PART, sort_key, text
from orchestrator.errors import CheckpointUnreadable, ConfigurationError

PLACES = ("data", "parts", "count", "object", "bytes")
"""The attributes that say what an item's value is, or where it stands."""
INLINE_BYTES = 32_768
"""A hundred such items fit into a transaction, which takes 4 MB."""
PART_BYTES = 380_000
AT_ONCE = 4
"""Parts of one value that are written at the same time."""


class Large:
    """Of one table."""

    def __init__(self, dynamo: Dynamo) -> None:
        self.dynamo = dynamo
        self.bucket = dynamo.address.bucket

    async def check(self) -> None:
        """Refuse a bucket that is not there.

        Raises:
            ConfigurationError: It is not. *Not retryable.*
        """
        if self.bucket is None:
            return
        try:
            await self.dynamo.request("s3", "head_bucket", Bucket=self.bucket)
        except ClientError as error:
            raise ConfigurationError(
                f"There is no S3 bucket {self.bucket!r} (option `bucket` of the checkpointer's URL): create it, in the "
                "table's region and with no public access."
            ) from error

    async def keep(self, pk: str, data: bytes) -> Item:
        """Write a value, if it is large; the attributes by which its item refers to it, or holds it."""
        if len(data) <= INLINE_BYTES:
            return {"data": {"B": data}}
        name = uuid4().hex
        if self.bucket is not None:
            place = f"{self.dynamo.address.table}/{name}"
            await self.dynamo.request("s3", "put_object", Bucket=self.bucket, Key=place, Body=data)
            return {"object": {"S": place}, "bytes": {"N": str(len(data))}}
        room = asyncio.Semaphore(AT_ONCE)

        async def put(number: int) -> None:
            part = data[number * PART_BYTES : (number + 1) * PART_BYTES]
            async with room:
                await self.dynamo("put_item", Item=key(pk, _part(name, number)) | {"data": {"B": part}})

        count = -(-len(data) // PART_BYTES)
        await asyncio.gather(*map(put, range(count)))
        return {"parts": {"S": name}, "count": {"N": str(count)}, "bytes": {"N": str(len(data))}}

    async def read(self, item: Item) -> bytes:
        """The value of an item.

        Raises:
            CheckpointUnreadable: It is gone. *Not retryable.*
        """
        if "data" in item:
            return bytes(item["data"]["B"])
        if place := text(item, "object"):
            try:
                found: bytes = await self.dynamo.request(
                    "s3", "get_object", lambda answer: answer["Body"].read(), Bucket=self._bucket(item), Key=place
                )
            except ClientError as error:
                raise _gone(item) from error
            return found
        pk, name, count = text(item, "pk"), text(item, "parts"), int(item["count"]["N"])
        parts = await asyncio.gather(*(self.dynamo.get(pk, _part(name, number)) for number in range(count)))
        if None in parts:
            raise _gone(item)
        return b"".join(part["data"]["B"] for part in parts if part is not None)

    async def current(self, item: Item) -> tuple[Item, bytes] | None:
        """An item with its value, as it is now if it has been replaced since it was read; None: it is gone.

        Raises:
            CheckpointUnreadable: Its value is. *Not retryable.*
        """
        latest: Item | None = item
        while latest is not None:
            try:
                return latest, await self.read(latest)
            except CheckpointUnreadable:
                read, latest = latest, await self.dynamo.get(text(item, "pk"), sort_key(item))
                if latest == read:
                    raise
        return None

    async def replaced(self, old: Item, new: Item) -> None:
        """Delete the value of an item that was replaced. Not if it is the new one's: a request whose answer was lost is
        sent again, and then finds what it has put there itself."""
        if any(old.get(name) != new.get(name) for name in ("parts", "object")):
            await self.forget([old])

    async def forget(self, items: Iterable[Item]) -> None:
        """Delete the values of items that are gone, where they stand elsewhere."""
        for item in items:
            if place := text(item, "object"):
                await self.dynamo.request("s3", "delete_object", Bucket=self._bucket(item), Key=place)
            elif name := text(item, "parts"):
                for number in range(int(item["count"]["N"])):
                    await self.dynamo("delete_item", Key=key(text(item, "pk"), _part(name, number)))

    def _bucket(self, item: Item) -> str:
        if self.bucket is None:
            raise ConfigurationError(
                f"The value of {text(item, 'pk')} / {sort_key(item)} is in S3, and the checkpointer's URL names no "
                "bucket: add the option `bucket` again."
            )
        return self.bucket


def size_of(item: Item) -> int:
    """Bytes of an item's value, wherever it stands."""
    return len(item["data"]["B"]) if "data" in item else int(item["bytes"]["N"])


def _part(name: str, number: int) -> str:
    return f"{PART}{name}#{number:06}"


def _gone(item: Item) -> CheckpointUnreadable:
    return CheckpointUnreadable(
        f"A large value of {text(item, 'pk')} / {sort_key(item)} is gone: its parts were deleted, or the S3 bucket is "
        "another one. Restore the table and the bucket to the same point in time, then retry."
    )
