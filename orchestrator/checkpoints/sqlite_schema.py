"""Schema versions in SQLite: all that is missing in one transaction, so a file is at one version or at the next."""

import sqlite3
from functools import partial
from typing import Any

from orchestrator.checkpoints.queries import load_queries
from orchestrator.checkpoints.schema import RELEASE, Migration, Schema, load_migrations

SQL = load_queries("sqlite_schema.sql")
MIGRATIONS = load_migrations("sqlite")


def find_schema(conn: sqlite3.Connection) -> Schema:
    """What stands in the file; reads only.

    LangGraph's saver keeps no version in SQLite: its tables, and those of its memory, are seen to at each start.
    """
    one = partial(_row, conn)
    if not one("exists", "orchestrator_leases"):
        return Schema()
    if not one("exists", "orchestrator_schema"):
        return Schema(version=1)
    recorded, oldest = one("version")
    return Schema(recorded, oldest, recorded)


def migrate(conn: sqlite3.Connection, migrations: tuple[Migration, ...], where: str) -> None:
    """Do what is missing, or nothing.

    Raises:
        SchemaMismatch: Only newer releases work with the file. *Retryable.*
        sqlite3.Error: Nothing was done.
    """
    with conn:  # which commits, or rolls back
        conn.execute("BEGIN IMMEDIATE")
        if missing := find_schema(conn).missing(where, migrations):
            conn.execute(SQL["create"])
        for migration in missing:
            for step in migration.steps:
                conn.execute(step)
            conn.execute(SQL["done"], (migration.version, migration.oldest, RELEASE))


def is_of_other_version(error: sqlite3.Error) -> bool:
    """Whether a statement failed because its table or column is not there."""
    return str(error).startswith(("no such table", "no such column")) or "has no column named" in str(error)


def _row(conn: sqlite3.Connection, query: str, *parameters: object) -> Any:
    return conn.execute(SQL[query], parameters).fetchone()
