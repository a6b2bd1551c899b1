"""Releases before and after this one, as their databases and their migrations are."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, LiteralString, cast
from urllib.parse import urlsplit

import psycopg

from orchestrator.checkpoints.open import open_store
from orchestrator.checkpoints.postgres import PostgresStore
from orchestrator.checkpoints.schema import Migration
from orchestrator.checkpoints.sqlite import SqliteStore

RECORDED = Path(__file__).parent / "recorded"
Store = SqliteStore | PostgresStore

EXPANDS = Migration(2, ("ALTER TABLE orchestrator_leases ADD COLUMN note TEXT",))
"""What a next release might add; workers of this one need not know."""
CONTRACTS = Migration(3, ("ALTER TABLE orchestrator_values RENAME TO orchestrator_large_values",), oldest=3)
"""What one might do that they cannot work with."""


@contextlib.asynccontextmanager
async def release(url: str, *more: Migration) -> AsyncIterator[Store]:
    """A store as a release with these further migrations has it."""
    store = cast("Store", open_store(url))
    store.migrations = (*store.migrations, *more)
    async with store:
        yield store


def load_recorded(url: str) -> None:
    """Lay out the database that the last commit without versions has left, with one thread and a row of everything."""
    kind = urlsplit(url).scheme
    statements = (RECORDED / f"{kind}.sql").read_text(encoding="utf-8")
    if kind == "sqlite":
        with contextlib.closing(sqlite3.connect(_file(url))) as file:
            file.executescript(statements)
    else:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(statements.encode())


def query(url: str, statement: LiteralString) -> list[Any]:
    """What a statement of any client returns."""
    if urlsplit(url).scheme == "sqlite":
        with contextlib.closing(sqlite3.connect(_file(url), isolation_level=None)) as file:
            return file.execute(statement).fetchall()
    with psycopg.connect(url, autocommit=True) as server:
        answer = server.execute(statement)
        return answer.fetchall() if answer.description else []


def versions(url: str) -> list[int]:
    """The migrations that are written down."""
    return [version for (version,) in query(url, "SELECT version FROM orchestrator_schema ORDER BY version")]


def _file(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")
