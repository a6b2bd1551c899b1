"""What a saver writes to SQLite, and writing it."""

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    get_checkpoint_metadata,
)

from orchestrator.checkpoints.json_scalars import fitting
from orchestrator.checkpoints.needed import unneeded
from orchestrator.checkpoints.queries import load_queries
from orchestrator.checkpoints.row import Row
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import Lease, superseded

SQL = load_queries("sqlite.sql")
STATEMENTS = ("put_checkpoint", "insert_write", "upsert_write")

MOST_ROWS = 256
"""In one statement; SQLite takes 32,766 parameters."""

Rows = list[tuple[Any, ...]]


@dataclass(slots=True)
class SqliteWrite:
    """What one call of a saver has to write, and the lease under which it may."""

    thread_id: str
    lease: Lease | None
    rows: dict[str, Rows] = field(default_factory=dict)
    """Parameters of the queries that are named in STATEMENTS."""

    @property
    def ends_step(self) -> bool:
        """Whether it is a checkpoint."""
        return "put_checkpoint" in self.rows


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes what one saver writes: the rows that LangGraph's saver would write."""

    lease: Lease | None
    serde: Serializer

    def checkpoint(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,  # noqa: ARG002 - here a checkpoint holds all values
    ) -> SqliteWrite:
        """A checkpoint, with the values of all channels.

        Raises:
            Unserialisable: A value cannot be written. *Not retryable.*
        """
        where = config["configurable"]
        thread_id = str(where["thread_id"])
        typed = self.serde.dumps_typed(checkpoint)
        about = json.dumps(fitting(get_checkpoint_metadata(config, metadata)), ensure_ascii=False).encode(
            "utf-8", "ignore"
        )
        row = (thread_id, where["checkpoint_ns"], checkpoint["id"], where.get("checkpoint_id"), *typed, about)
        return SqliteWrite(thread_id, self.lease, {"put_checkpoint": [row]})

    def task(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
    ) -> SqliteWrite:
        """What a task did.

        Raises:
            Unserialisable: A value cannot be written. *Not retryable.*
        """
        where = config["configurable"]
        thread_id = str(where["thread_id"])
        task = (thread_id, str(where["checkpoint_ns"]), str(where["checkpoint_id"]), task_id, task_path)
        rows: Rows = [
            (*task, WRITES_IDX_MAP.get(channel, number), channel, *self.serde.dumps_typed(value))
            for number, (channel, value) in enumerate(writes)
        ]
        latest_counts = all(channel in WRITES_IDX_MAP for channel, _ in writes)
        return SqliteWrite(thread_id, self.lease, {"upsert_write" if latest_counts else "insert_write": rows})


def check(conn: sqlite3.Connection, lease: Lease) -> None:
    """Refuse to go on in the transaction that is open, unless the lease holds.

    Raises:
        LeaseLost: It does not. *Not retryable.*
    """
    held = conn.execute(SQL["holder"], (lease.thread_id,)).fetchone()
    if held != (lease.run_id, lease.token.turn, lease.token.attempt):
        raise superseded(lease)


def begin(conn: sqlite3.Connection, lease: Lease | None = None) -> None:
    """Begin to write; with a lease, only while it holds.

    `BEGIN IMMEDIATE` takes the file's write lock before the lease is read, so nobody can take it over between the
    check and the commit.
    """
    conn.execute("BEGIN IMMEDIATE")
    if lease is not None:
        check(conn, lease)


def rollback(conn: sqlite3.Connection) -> None:
    """Undo the transaction, if SQLite has not done so itself."""
    if conn.in_transaction:
        conn.rollback()


def write(conn: sqlite3.Connection, writes: Sequence[SqliteWrite]) -> None:
    """Write in one transaction, if all leases hold.

    Raises:
        LeaseLost: One of them does not. *Not retryable.*
        sqlite3.Error: Nothing was written.
    """
    with conn:  # which commits, or rolls back
        begin(conn)
        _check_all(conn, {write.lease for write in writes if write.lease is not None})
        for statement in STATEMENTS:
            rows = [row for write in writes for row in write.rows.get(statement, ())]
            for at in range(0, len(rows), MOST_ROWS):
                _with_rows(conn, statement, rows[at : at + MOST_ROWS])


def prune(conn: sqlite3.Connection, thread_id: str, base: str = "") -> None:
    """See `CheckpointStore.prune`; in the transaction that is open."""
    found = conn.execute(SQL["after"], (thread_id, base))
    rows = (Row(row[0], row[1], row[2], json.loads(row[3])) for row in found)
    goes = [(thread_id, *place) for place in unneeded(rows)]
    if goes:
        conn.executemany(SQL["prune_checkpoint"], goes)
        conn.execute(SQL["prune_writes"], (thread_id,))


def _check_all(conn: sqlite3.Connection, leases: Collection[Lease]) -> None:
    rows = [(lease.thread_id, lease.run_id, lease.token.turn, lease.token.attempt) for lease in leases]
    if rows and _with_rows(conn, "holding", rows).fetchone() != (len(rows),):
        for lease in leases:
            check(conn, lease)


def _with_rows(conn: sqlite3.Connection, statement: str, rows: Rows) -> sqlite3.Cursor:
    """Run a query over as many rows as there are."""
    row = f"({', '.join('?' * len(rows[0]))})"
    return conn.execute(
        SQL[statement].format(rows=", ".join([row] * len(rows))), [value for each in rows for value in each]
    )
