"""What stands in a checkpointer's database, read past the engine and past LangGraph."""

import contextlib
import sqlite3
from collections import Counter
from typing import Any

import psycopg

from tests.support import dynamodb_rows, redis_rows

Rows = frozenset[tuple[Any, ...]]

OTHERS: dict[str, Any] = {"redis": redis_rows, "dynamodb": dynamodb_rows}
"""Databases without SQL."""
WRITES = {"sqlite": "writes", "postgresql": "checkpoint_writes"}


def query(url: str, statement: str) -> list[tuple[Any, ...]]:
    """The rows of a SELECT."""
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            return list(connection.execute(statement))
    with psycopg.connect(url) as server:
        return server.execute(statement.encode()).fetchall()


def rows(url: str) -> Rows:
    """Every checkpoint, write and lease, so that two readings can be compared."""
    if (other := OTHERS.get(url.partition(":")[0])) is not None:
        return frozenset(other.rows(url))
    writes = WRITES[url.partition(":")[0]]
    statements = (
        "SELECT 'checkpoint', thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id FROM checkpoints",
        f"SELECT 'write', thread_id, checkpoint_ns, checkpoint_id, task_id, idx, channel FROM {writes}",
        "SELECT 'lease', thread_id, run_id, turn, attempt FROM orchestrator_leases",
    )
    return frozenset(row for statement in statements for row in query(url, statement))


def check_chains(url: str) -> int:
    """How many threads there are.

    Raises:
        AssertionError: The checkpoints of a thread and namespace are not one chain.
    """
    chains: dict[tuple[str, str], dict[str, str | None]] = {}
    statement = "SELECT thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id FROM checkpoints"
    other = OTHERS.get(url.partition(":")[0])
    found = query(url, statement) if other is None else other.checkpoints(url)
    for thread, namespace, checkpoint, parent in found:
        chains.setdefault((thread, namespace), {})[checkpoint] = parent
    for where, parents in chains.items():
        children = Counter(parents.values())
        forks = {parent: count for parent, count in children.items() if count > 1}
        assert not forks, f"{where}: more than one child (or start): {forks} in {parents}"
        assert children[None] == 1, f"{where}: no start in {parents}"
        missing = {parent for parent in parents.values() if parent is not None} - parents.keys()
        assert not missing, f"{where}: {missing} are not there, though they have children"
    return len({thread for thread, _ in chains})
