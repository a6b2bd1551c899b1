"""Schema versions on PostgreSQL: every step online, in a transaction of its own."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.store.postgres.aio import AsyncPostgresStore
from psycopg.rows import tuple_row

from orchestrator.checkpoints.queries import load_queries
from orchestrator.checkpoints.schema import RELEASE, Migration, Schema, load_migrations
from orchestrator.errors import StoreUnavailable

SQL = load_queries("postgres_schema.sql")
MIGRATIONS = load_migrations("postgres")
CONCURRENTLY = re.compile(r"^CREATE (?:UNIQUE )?INDEX CONCURRENTLY IF NOT EXISTS (\w+)", re.MULTILINE)
OLD_TABLES = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedFunction)
"""What a statement fails with whose table, column or function is not there yet, or no longer."""
TRIES = 30
"""Of a step that needs a lock which somebody holds. Each waits for a second, because everybody else queues up behind
it, and then leaves them another to go on."""
LANGGRAPH = (
    ("checkpoint_migrations", "checkpoint", len(AsyncPostgresSaver.MIGRATIONS) - 1),
    ("store_migrations", "store", len(AsyncPostgresStore.MIGRATIONS) - 1),
)
"""Its tables of versions, what they are of, and the version that the installed package needs."""

SETUP_LOCK = 0x0C0E57A70
"""Advisory lock: one process at a time."""


async def find_schema(conn: psycopg.AsyncConnection[Any]) -> Schema:
    """What stands in the database; reads only."""
    versioned, used, *langgraph = (await _rows(conn, "tables"))[0]
    if not used:
        return Schema()
    recorded, oldest = (await _rows(conn, "version"))[0] if versioned else (1, 1)
    behind = [
        f"LangGraph's {what} tables of version {found}, and {needed} is needed"
        for there, (table, what, needed) in zip(langgraph, LANGGRAPH, strict=True)
        if (found := (await _rows(conn, table))[0][0] if there else -1) < needed
    ]
    return Schema(recorded, oldest, recorded if versioned else 0, "; ".join(behind))


@asynccontextmanager
async def turn(conn: psycopg.AsyncConnection[Any]) -> AsyncIterator[None]:
    """While the block runs, over another connection, no other process is in it.

    The lock is the transaction's and not the session's, so that it holds through a pooler, which may give each
    transaction another session. Trying again and not waiting: CREATE INDEX CONCURRENTLY waits for every open statement,
    so a process that blocked in pg_advisory_xact_lock() would deadlock with the one that holds it.
    """
    while True:
        async with conn.transaction():
            await conn.execute(SQL["begin_turn"])
            if (await _rows(conn, "take_turn", SETUP_LOCK))[0][0]:
                await conn.execute(SQL["keep_turn"])
                yield
                return
        await asyncio.sleep(0.05)


async def migrate(conn: psycopg.AsyncConnection[Any], migrations: tuple[Migration, ...], where: str) -> None:
    """Do what is missing, in one's turn.

    Raises:
        SchemaMismatch: Only newer releases work with it. *Retryable.*
        StoreUnavailable: Somebody holds a lock that is needed. *Retryable.*
    """
    await conn.execute(SQL["create"])
    for migration in (await find_schema(conn)).missing(where, migrations):
        for step in migration.steps:
            await _carry_out(conn, step, where)
        await conn.execute(SQL["done"], (migration.version, migration.oldest, RELEASE))


async def _carry_out(conn: psycopg.AsyncConnection[Any], step: Any, where: str) -> None:
    if index := CONCURRENTLY.search(step):
        # One whose building was interrupted is there and is of no use: IF NOT EXISTS would leave it at that.
        if await _rows(conn, "invalid_index", index[1]):
            await conn.execute(psycopg.sql.SQL("DROP INDEX CONCURRENTLY {}").format(psycopg.sql.Identifier(index[1])))
        await conn.execute(step, prepare=False)
        return
    for tried in range(1, TRIES + 1):
        try:
            async with conn.transaction():
                await conn.execute(SQL["lock_timeout"])
                await conn.execute(step, prepare=False)
        except psycopg.errors.LockNotAvailable as error:
            if tried == TRIES:
                said = " ".join(str(error).split())
                raise StoreUnavailable(
                    f"{where} cannot be migrated while somebody holds a table: {said}. Everything works as before; "
                    "run `orchestrator setup` again, and look for long transactions in pg_stat_activity."
                ) from error
            await asyncio.sleep(1)
        else:
            return


async def _rows(conn: psycopg.AsyncConnection[Any], query: str, *parameters: object) -> list[Any]:
    async with conn.cursor(row_factory=tuple_row) as cur:
        return await (await cur.execute(SQL[query], parameters or None)).fetchall()
