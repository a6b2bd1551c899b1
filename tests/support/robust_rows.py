"""Changing a checkpointer's database behind the back of the worker."""

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.support import dynamodb_rows, redis_rows

SQLITE_TABLES = ("checkpoints", "writes", "orchestrator_leases")
POSTGRES_TABLES = ("checkpoints", "checkpoint_writes", "checkpoint_blobs", "orchestrator_leases")


def tables(url: str) -> tuple[str, ...]:
    """Where the threads are kept."""
    return SQLITE_TABLES if url.startswith("sqlite") else POSTGRES_TABLES


@contextmanager
def connection(url: str) -> Iterator[Any]:
    """A connection whose changes are committed at the end of the block."""
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=10)) as opened, opened:
            yield opened
    else:
        with psycopg.connect(url) as opened_postgres:
            yield opened_postgres


def back_up(url: str) -> None:
    """Keep all threads as they are now."""
    if (other := _other(url)) is not None:
        other.back_up(url)
        return
    with connection(url) as database:
        for table in tables(url):
            database.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")


def lose(url: str) -> None:
    """Delete all threads."""
    if (other := _other(url)) is not None:
        other.lose(url)
        return
    with connection(url) as database:
        for table in tables(url):
            database.execute(f"DELETE FROM {table}")


def restore(url: str) -> None:
    """Put back what was kept, and nothing else."""
    if (other := _other(url)) is not None:
        other.restore(url)
        return
    lose(url)
    with connection(url) as database:
        for table in tables(url):
            database.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")


def checkpoint_ids(url: str, thread_id: str) -> list[str]:
    """The checkpoints of a thread's root graph, oldest first.

    Raises:
        AssertionError: They do not form one chain.
    """
    other = _other(url)
    rows = _chain(url, thread_id) if other is None else _chain_without_sql(other, url, thread_id)
    assert [parent for _, parent in rows] == [None, *(own for own, _ in rows)][: len(rows)], "it forked"
    return [own for own, _ in rows]


def _other(url: str) -> Any:
    """What reads a database without SQL; None: it has SQL."""
    return {"redis": redis_rows, "dynamodb": dynamodb_rows}.get(url.partition(":")[0])


def _chain_without_sql(other: Any, url: str, thread_id: str) -> list[tuple[str, str | None]]:
    found = other.checkpoints(url)
    return sorted((own, parent) for thread, namespace, own, parent in found if (thread, namespace) == (thread_id, ""))


def _chain(url: str, thread_id: str) -> list[tuple[str, str | None]]:
    mark = "?" if url.startswith("sqlite") else "%s"
    query = (
        "SELECT checkpoint_id, parent_checkpoint_id FROM checkpoints "
        f"WHERE thread_id = {mark} AND checkpoint_ns = '' ORDER BY checkpoint_id"
    )
    with connection(url) as database:
        return list(database.execute(query, (thread_id,)).fetchall())
