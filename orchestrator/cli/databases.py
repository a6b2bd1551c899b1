"""What `doctor` finds in a checkpointer's database, which it only reads: no file and no table is created."""

import contextlib
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orchestrator.checkpoints.schema import Migration, Schema
from orchestrator.cli.masking import masked
from orchestrator.errors import MissingExtra, OrchestratorError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from orchestrator.checkpoints.redis_server import RedisServer

CONNECT_TIMEOUT_SECONDS = 5
REDIS = ("redis", "rediss")


async def examine_database(url: str) -> str | None:
    """Its schema version, in words; None: there are no tables yet.

    Raises:
        SchemaMismatch: This release does not work with it. *Retryable.*
        MissingExtra: Its driver is not installed. *Not retryable.*
        Exception: Whatever the driver raises: it does not answer.
    """
    found = await _schema(url)
    if found is None:
        await _open(url)
        return ""
    schema, known = found
    if schema.version == 0:
        return None
    schema.check("it", known)
    return f"schema version {schema.version}" + (", of a newer release" if schema.version > known[-1].version else "")


async def left_to_do(url: str) -> str | None:
    """What `setup` would do there, in words; None: nothing.

    Raises:
        SchemaMismatch: Only newer releases work with it. *Retryable.*
        MissingExtra: Its driver is not installed. *Not retryable.*
        StoreUnavailable: It does not answer. *Retryable.*
    """
    try:
        found = await _schema(url)
    except OrchestratorError:
        raise
    except Exception as error:
        raise StoreUnavailable(f"{masked(url)} cannot be read: {' '.join(str(error).split())}") from error
    if found is None:
        return None
    schema, known = found
    if schema.version == 0:
        return "to be made ready: there are no tables yet"
    if schema.missing("it", known):
        return f"to be migrated from schema version {schema.version} to {known[-1].version}"
    return f"to be migrated: it has {schema.behind}" if schema.behind else None


async def _schema(url: str) -> tuple[Schema, tuple[Migration, ...]] | None:
    """What stands in the database, and the migrations that this release knows; None: it is memory."""
    match urlsplit(url).scheme:
        case "redis" | "rediss":
            return await _redis(url)
        case "dynamodb":
            return await _dynamodb(url)
        case "sqlite":
            return _sqlite(url)
        case "postgresql":
            return await _postgres(url)
    return None


async def weak_spots(url: str) -> list[str]:
    """Why what the database has written may get lost, and what to do.

    Raises:
        StoreUnavailable: It does not answer. *Retryable.*
    """
    if urlsplit(url).scheme not in REDIS:
        return []
    from orchestrator.checkpoints.redis_health import weak_spots as of_server

    async with _redis_server(url) as server:
        return await of_server(server)


async def _redis(url: str) -> tuple[Schema, tuple[Migration, ...]]:
    """Of the numbered database."""
    try:
        from orchestrator.checkpoints.redis_health import MIGRATIONS, find_schema
    except ImportError as error:
        raise MissingExtra("A redis:// checkpointer", "redis") from error
    async with _redis_server(url) as server:
        return await find_schema(server), MIGRATIONS


async def _dynamodb(url: str) -> tuple[Schema, tuple[Migration, ...]]:
    """Of the table."""
    try:
        from orchestrator.checkpoints.dynamodb import DynamoStore
        from orchestrator.checkpoints.dynamodb_table import VERSION
    except ImportError as error:
        raise MissingExtra("A dynamodb:// checkpointer", "dynamodb") from error
    async with DynamoStore(url) as store:
        return Schema(version=await store.table.layout()), (Migration(VERSION, ()),)


@contextlib.asynccontextmanager
async def _redis_server(url: str) -> "AsyncIterator[RedisServer]":
    from orchestrator.checkpoints.redis_server import RedisServer

    server = RedisServer(url)
    try:
        await server.open()
        yield server
    finally:
        await server.close()


async def _open(url: str) -> None:
    """One without tables: it is enough that it answers."""
    from orchestrator.checkpoints.open import open_store

    async with open_store(url):
        pass


def _sqlite(url: str) -> tuple[Schema, tuple[Migration, ...]]:
    """Of the file, or of none."""
    from orchestrator.checkpoints.sqlite_schema import MIGRATIONS, find_schema

    path = Path(urlsplit(url).path.removeprefix("/")).expanduser()
    if not path.exists():
        return Schema(), MIGRATIONS
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        return find_schema(connection), MIGRATIONS
    finally:
        connection.close()


async def _postgres(url: str) -> tuple[Schema, tuple[Migration, ...]]:
    """Of the tables that an unqualified name finds."""
    try:
        import psycopg

        from orchestrator.checkpoints.postgres_address import split_options
        from orchestrator.checkpoints.postgres_schema import MIGRATIONS, find_schema
    except ImportError as error:
        raise MissingExtra("A postgresql:// checkpointer", "postgres") from error
    address, _ = split_options(url)
    async with await psycopg.AsyncConnection.connect(address, connect_timeout=CONNECT_TIMEOUT_SECONDS) as connection:
        return await find_schema(connection), MIGRATIONS
