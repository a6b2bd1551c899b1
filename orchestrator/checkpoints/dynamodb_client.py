"""DynamoDB's operations for coroutines, and what they raise in our own words.

boto3 in threads: its only well-kept counterpart for asyncio pins the version of botocore to a few, which an application
that uses AWS itself has chosen already.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
)

from orchestrator.checkpoints.dynamodb_address import Address
from orchestrator.errors import ConfigurationError, StoreUnavailable

Item = dict[str, Any]
"""Attributes in DynamoDB's own form: `{"turn": {"N": "1"}}`."""
T = TypeVar("T")

CONNECTIONS = 32
CONNECT_SECONDS, READ_SECONDS = 5, 15
ATTEMPTS = 4
"""Of each request, while the server is throttling or away."""
TRIES = 12
"""Of one that meets another transaction on the same item."""
PASSING = {"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
"""Reasons for which a cancelled transaction is tried again."""
CONDITION = "ConditionalCheckFailed"
LARGEST_BATCH = 100
SETTINGS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run where a role is attached"


class Cancelled(Exception):
    """A transaction was cancelled, and nothing of it was written.

    Args:
        reasons: Of each of its items, in order.
    """

    def __init__(self, reasons: Sequence[dict[str, Any]]) -> None:
        super().__init__(", ".join(reason.get("Code", "None") for reason in reasons))
        self.reasons = reasons

    def failed(self, place: int) -> bool:
        """Whether the condition of an item did not hold."""
        return place < len(self.reasons) and self.reasons[place].get("Code") == CONDITION

    @property
    def by_others(self) -> bool:
        """Whether it may succeed when it begins again, with what others have written by now."""
        return {reason.get("Code", "None") for reason in self.reasons} <= PASSING | {CONDITION}


class Unmet(Exception):
    """The condition of a single write did not hold.

    Args:
        found: The item as it is, if there is one.
    """

    def __init__(self, found: Item) -> None:
        super().__init__("the condition does not hold")
        self.found = found


class Dynamo:
    """One table."""

    def __init__(self, address: Address) -> None:
        self.address = address

    async def open(self) -> None:
        """Make the clients; nothing is sent.

        Raises:
            ConfigurationError: AWS's settings name no region, or a profile that is not there. *Not retryable.*
        """
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="dynamodb")
        try:
            await self._in_thread(self._open)
        except (NoRegionError, ProfileNotFound) as error:
            await self.close()
            raise ConfigurationError(
                f"{self.address} cannot be reached: {error} Write {self.address.name}?region=…, or set AWS_REGION."
            ) from error

    async def close(self) -> None:
        """Close all connections, once the requests under way have ended."""
        await asyncio.to_thread(self._threads.shutdown)
        for client in self.__dict__.pop("_clients", {}).values():
            client.close()

    def _open(self) -> None:
        config = Config(
            max_pool_connections=CONNECTIONS,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        )
        session = boto3.session.Session()
        where = {"region_name": self.address.region, "config": config}
        self._clients = {"dynamodb": session.client("dynamodb", endpoint_url=self.address.endpoint, **where)}
        if self.address.bucket is not None:  # its endpoint is another one: AWS_ENDPOINT_URL_S3
            self._clients["s3"] = session.client("s3", **where)

    async def _in_thread(self, function: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)

    async def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """An operation on the table; what it answers.

        Raises:
            Cancelled: A transaction's condition does not hold.
            Unmet: Another write's does not.
            StoreUnavailable: It does not answer, is throttled, or does not let us in. *Retryable.*
        """
        if "RequestItems" not in parameters and "TransactItems" not in parameters:
            parameters["TableName"] = self.address.table
        for number in range(TRIES):
            try:
                answer: dict[str, Any] = await self.request("dynamodb", operation, **parameters)
            except ClientError as error:
                _raise_unmet(error)
                last = error
            else:
                return answer
            await asyncio.sleep(random.uniform(0, min(1.0, 0.01 * 2**number)))  # noqa: S311 - a pause, no secret
        raise self.unavailable(last)

    async def request(
        self, service: str, operation: str, read: Callable[[dict[str, Any]], Any] | None = None, **parameters: Any
    ) -> Any:
        """One request to a service, tried again while it is throttled; its answer, or what `read` makes of it.

        Raises:
            ClientError: It was understood and not done.
            StoreUnavailable: It was not. *Retryable.*
        """
        method = getattr(self._clients[service], operation)
        try:
            return await self._in_thread(lambda: (read or dict)(method(**parameters)))
        except ParamValidationError:
            raise
        except BotoCoreError as error:
            raise self.unavailable(error) from error
        except ClientError as error:
            if _code(error) in UNDERSTOOD:
                raise
            raise self.unavailable(error) from error

    def unavailable(self, error: Exception) -> StoreUnavailable:
        """What did not answer, and what to do about it."""
        said = " ".join(str(error).split())
        if isinstance(error, NoCredentialsError | PartialCredentialsError):
            return StoreUnavailable(f"{self.address}: there are no credentials. Set {SETTINGS}. ({said})")
        if is_missing(error):
            return StoreUnavailable(f"{self.address} is not there: run `orchestrator setup`. ({said})")
        return StoreUnavailable(f"{self.address} does not answer: {said}")

    async def get(self, pk: str, sk: str) -> Item | None:
        """One item as it is now."""
        answer = await self("get_item", Key=key(pk, sk), ConsistentRead=True)
        return answer.get("Item")

    async def query(self, pk: str, prefix: str = "", *, latest_first: bool = False, **more: Any) -> AsyncIterator[Item]:
        """The items of a partition whose sort keys begin with a prefix, as they are now."""
        condition, values = "pk = :pk", {":pk": {"S": pk}}
        if prefix:
            condition += " AND begins_with(sk, :sk)"
            values[":sk"] = {"S": prefix}
        more |= {"KeyConditionExpression": condition, "ConsistentRead": True, "ScanIndexForward": not latest_first}
        more["ExpressionAttributeValues"] = values | more.get("ExpressionAttributeValues", {})
        while True:
            page = await self("query", **more)
            for item in page["Items"]:
                yield item
            if (go_on := page.get("LastEvaluatedKey")) is None:
                return
            more["ExclusiveStartKey"] = go_on

    async def batch(self, keys: Sequence[tuple[str, str]]) -> list[Item]:
        """Those of the items that there are, in any order."""
        found: list[Item] = []
        for at in range(0, len(keys), LARGEST_BATCH):
            left = [key(*one) for one in keys[at : at + LARGEST_BATCH]]
            pause = 0.01
            while left:
                request = {self.address.table: {"Keys": left, "ConsistentRead": True}}
                answer = await self("batch_get_item", RequestItems=request)
                found += answer["Responses"].get(self.address.table, [])
                left = answer.get("UnprocessedKeys", {}).get(self.address.table, {}).get("Keys", [])
                if left:
                    await asyncio.sleep(pause)
                    pause = min(1.0, pause * 2)
        return found


UNDERSTOOD = {
    "ConditionalCheckFailedException",
    "TransactionCanceledException",
    "TransactionConflictException",
    "ValidationException",
    "ResourceInUseException",
    "NoSuchKey",
    "NoSuchBucket",
    "404",
}


def key(pk: str, sk: str) -> Item:
    """Of an item."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _raise_unmet(error: ClientError) -> None:
    """Unless it was another transaction that was in the way, which ends soon."""
    if _code(error) == "ConditionalCheckFailedException":
        raise Unmet(error.response.get("Item", {})) from error
    if _code(error) == "TransactionCanceledException":
        reasons = error.response.get("CancellationReasons", [])
        if not {reason.get("Code", "None") for reason in reasons} <= PASSING:
            raise Cancelled(reasons) from error
    elif _code(error) != "TransactionConflictException":
        raise error


def is_missing(error: BaseException) -> bool:
    """Whether it says that there is no such table."""
    return isinstance(error, ClientError) and _code(error) == "ResourceNotFoundException"
