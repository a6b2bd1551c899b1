"""The table: made, found ready, or refused."""

import asyncio
from typing import Any

from botocore.exceptions import ClientError

from orchestrator.checkpoints.dynamodb_client import Dynamo, Unmet, is_missing, key
from orchestrator.errors import ConfigurationError, SchemaMismatch, StoreUnavailable

ACTIVE_SECONDS = 120
"""For how long a new table is waited for."""
KEYS = {"pk": "HASH", "sk": "RANGE"}
LAYOUT = ("orchestrator", "layout")
VERSION = 1
"""Of how items are laid out in the table."""


class Table:
    """Of one URL."""

    def __init__(self, dynamo: Dynamo) -> None:
        self.dynamo = dynamo

    async def create(self) -> None:
        """Create it, unless it is there.

        Raises:
            ConfigurationError: It is another application's. *Not retryable.*
            SchemaMismatch: A newer release has laid it out. *Retryable.*
            StoreUnavailable: DynamoDB does not answer. *Retryable.*
        """
        if await self._described() is None:  # creating it is not for everybody who uses it
            try:
                await self.dynamo(
                    "create_table",
                    KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in KEYS.items()],
                    AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in KEYS],
                    BillingMode="PAY_PER_REQUEST",
                )
            except ClientError as error:
                if error.response["Error"]["Code"] != "ResourceInUseException":  # another process was faster
                    raise
        await self._active()
        try:
            layout = key(*LAYOUT) | {"version": {"N": str(VERSION)}}
            await self.dynamo("put_item", Item=layout, ConditionExpression="attribute_not_exists(pk)")
        except Unmet:
            self._check(await self.layout())

    async def prepare(self) -> None:
        """Create it in an empty account; otherwise look whether this release works with it. Raises: see `create`."""
        if (version := await self.layout()) == 0:
            await self.create()
        else:
            self._check(version)

    async def _described(self) -> dict[str, Any] | None:
        try:
            answer = await self.dynamo("describe_table")
        except StoreUnavailable as error:
            if error.__cause__ is not None and is_missing(error.__cause__):
                return None
            raise
        found: dict[str, Any] = answer["Table"]
        return found

    async def _active(self) -> None:
        """Wait until the table takes requests; a new one is not even known everywhere at first."""
        try:
            async with asyncio.timeout(ACTIVE_SECONDS):
                while (table := await self._described()) is None or table["TableStatus"] == "CREATING":
                    await asyncio.sleep(1)
        except TimeoutError as error:
            raise self.dynamo.unavailable(error) from error
        if {each["AttributeName"]: each["KeyType"] for each in table["KeySchema"]} != KEYS:
            raise ConfigurationError(
                f"{self.dynamo.address} is another application's: its keys are not `pk` and `sk`. Name a table that is "
                "not there yet; `orchestrator setup` creates it."
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

    def _check(self, version: int) -> None:
        if version != VERSION:
            raise SchemaMismatch(
                f"{self.dynamo.address} has items of layout {version}, and this release needs {VERSION}: deploy a "
                "newer one."
            )
