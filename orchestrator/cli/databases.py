"""What `doctor` finds in a checkpointer's database, which it only reads: no file and no table is created."""

import sqlite3
from pathlib import Path
from urllib.parse import urlsplit

from orchestrator.checkpoints.schema import Migration, Schema
from orchestrator.errors import MissingExtra

CONNECT_TIMEOUT_SECONDS = 5


async def examine_database(url: str) -> str | None:
    """Its schema version, in words; None: there are no tables yet.

    Raises:
        SchemaMismatch: This release does not work with it. *Retryable.*
        MissingExtra: Its driver is not installed. *Not retryable.*
        Exception: Whatever the driver raises: it does not answer.
    """
    if urlsplit(url).scheme not in ("sqlite", "postgresql"):
        await _open(url)
        return ""
    schema, known = _sqlite(url) if urlsplit(url).scheme == "sqlite" else await _postgres(url)
    if schema.version == 0:
        return None
    schema.check("it", known)
    return f"schema version {schema.version}" + (", of a newer release" if schema.version > known[-1].version else "")


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

        from orchestrator.checkpoints.postgres_schema import MIGRATIONS, find_schema
    except ImportError as error:
        raise MissingExtra("A postgresql:// checkpointer", "postgres") from error
    async with await psycopg.AsyncConnection.connect(url, connect_timeout=CONNECT_TIMEOUT_SECONDS) as connection:
        return await find_schema(connection), MIGRATIONS
