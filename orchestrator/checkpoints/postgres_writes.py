"""What a saver writes, as the rows of LangGraph's tables; several such writes go to the server in one statement.

And the fence around any other transaction that writes.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    get_serializable_checkpoint_metadata,
)
from langgraph.checkpoint.serde.types import _DeltaSnapshot
from pydantic_core import to_json

from orchestrator.checkpoints.json_scalars import fits_json, fitting
from orchestrator.checkpoints.queries import load_queries
from orchestrator.checkpoints.serde import SEALED_TEXT, Serializer
from orchestrator.checkpoints.store import Lease, superseded

SQL = load_queries("postgres.sql")
LEASE_LOST = "ORL01"
"""SQLSTATE that `orchestrator_check_lease` raises; `OR` is a class that PostgreSQL leaves to its users."""
LONG_TEXT = 1024
"""Characters. LangGraph's saver writes every text with every checkpoint, whether it has changed or not."""
LongTexts = dict[tuple[str, str, str], Any]
"""By thread, namespace and channel: the version of which there is a row in the table of values."""


@dataclass(slots=True)
class Rows:
    """Rows of one table as JSON, and of each the value that is bytes, beside it."""

    rows: list[str] = field(default_factory=list)
    values: list[bytes] = field(default_factory=list)

    def add(self, row: dict[str, Any], typed: tuple[str, bytes]) -> None:
        """Add one, with its value as the serializer gave it."""
        self.rows.append(dumped({**row, "type": typed[0]}))
        self.values.append(typed[1])


@dataclass(slots=True)
class TaskRows:
    """What a task did: of each write the number under which it is kept, the channel, and the type of the value."""

    rows: list[tuple[int, str, str]] = field(default_factory=list)
    values: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class PostgresWrite:
    """What one call of a saver has to write, and the lease under which it may."""

    thread_id: str
    lease: Lease | None
    checkpoints: list[str] = field(default_factory=list)
    blobs: Rows = field(default_factory=Rows)
    task: dict[str, str] = field(default_factory=dict)
    """Whose rows the others are: where it stands, its id and its path."""
    inserts: TaskRows = field(default_factory=TaskRows)
    """Kept as they were written first."""
    upserts: TaskRows = field(default_factory=TaskRows)
    """Errors, questions and answers: the latest counts."""
    long_texts: LongTexts = field(default_factory=dict)
    """Those among the values."""

    @property
    def ends_step(self) -> bool:
        """Whether it is a checkpoint."""
        return bool(self.checkpoints)

    @property
    def size_bytes(self) -> int:
        """Of all values, and of the checkpoint."""
        parts = (self.checkpoints, self.blobs.values, self.inserts.values, self.upserts.values)
        return sum(len(value) for part in parts for value in part)


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes what one saver writes.

    Args:
        lease: Under which it may be written.
        serde: By which values are written.
        long_texts: Those that this saver has written.
    """

    lease: Lease | None
    serde: Serializer
    long_texts: LongTexts

    def checkpoint(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> PostgresWrite:
        """A checkpoint: as with LangGraph's saver, scalars stand in its JSON, and other values in a table of their own.

        So do here a scalar that PostgreSQL's JSON does not have, and a long text. Whether an earlier attempt has put a
        text there that has not changed, nobody knows (it may have been LangGraph's saver): so each does it once.

        Raises:
            Unserialisable: A value cannot be written. *Not retryable.*
        """
        where = config["configurable"]
        namespace = {"thread_id": str(where["thread_id"]), "checkpoint_ns": where["checkpoint_ns"]}
        written = PostgresWrite(namespace["thread_id"], self.lease)
        inline, versions = dict(checkpoint["channel_values"]), {**checkpoint["channel_versions"], **new_versions}
        for channel, value in checkpoint["channel_values"].items():
            is_long = channel in versions and _is_long_text(value)
            if value is None or (isinstance(value, str | int | float | bool) and fits_json(value) and not is_long):
                continue
            if isinstance(value, _DeltaSnapshot):
                inline[channel] = True  # the mark by which LangGraph knows that there is one
            else:
                del inline[channel]
            text = namespace["thread_id"], namespace["checkpoint_ns"], channel
            if channel in new_versions or (is_long and self.long_texts.get(text) != versions[channel]):
                place = {"channel": channel, "version": versions[channel]}
                written.blobs.add(namespace | place, self.serde.dumps_typed(value))
                if is_long:
                    written.long_texts[text] = versions[channel]
        row = namespace | {
            "checkpoint_id": checkpoint["id"],
            "parent_checkpoint_id": where.get("checkpoint_id"),
            "checkpoint": {**checkpoint, "channel_values": inline},
            "metadata": fitting(get_serializable_checkpoint_metadata(config, metadata)),
        }
        written.checkpoints.append(dumped(row))
        return written

    def task(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
    ) -> PostgresWrite:
        """What a task did.

        Raises:
            Unserialisable: A value cannot be written. *Not retryable.*
        """
        where = config["configurable"]
        task = {
            "thread_id": str(where["thread_id"]),
            "checkpoint_ns": where["checkpoint_ns"],
            "checkpoint_id": where["checkpoint_id"],
            "task_id": task_id,
            "task_path": task_path,
        }
        written = PostgresWrite(task["thread_id"], self.lease, task=task)
        special = all(channel in WRITES_IDX_MAP for channel, _ in writes)
        found = written.upserts if special else written.inserts
        numbered = _numbered(writes)
        for number, (channel, value) in dict(numbered).items() if special else numbered:
            kind, value_bytes = self.serde.dumps_typed(value)
            found.rows.append((number, channel, kind))
            found.values.append(value_bytes)
        return written


def _is_long_text(value: Any) -> bool:
    """Whether to keep it apart; not one that is sealed, since a copy of the thread has to find it, to seal it anew."""
    return isinstance(value, str) and len(value) > LONG_TEXT and not value.startswith(SEALED_TEXT)


def dumped(value: Any) -> str:
    """JSON. (Not by the standard library, whose time shows where a checkpoint has many channels.)"""
    return to_json(value).decode()


def _numbered(writes: Sequence[tuple[str, Any]]) -> Iterator[tuple[int, tuple[str, Any]]]:
    """Each with the number under which LangGraph keeps it."""
    for number, write in enumerate(writes):
        yield WRITES_IDX_MAP.get(write[0], number), write


def parameters(writes: Sequence[PostgresWrite]) -> dict[str, Any]:
    """Of the query `write`."""
    leases = {write.lease for write in writes if write.lease is not None}
    of_tasks = [write for write in writes if write.task]
    batch = {
        "leases": dumped([[it.thread_id, it.run_id, it.token.turn, it.token.attempt] for it in leases]),
        "checkpoints": _joined(row for write in writes for row in write.checkpoints),
        "blobs": _joined(row for write in writes for row in write.blobs.rows),
        "tasks": dumped([write.task for write in of_tasks]),
        "inserts": dumped([(number, *row) for number, write in enumerate(of_tasks) for row in write.inserts.rows]),
        "upserts": dumped([(number, *row) for number, write in enumerate(of_tasks) for row in write.upserts.rows]),
    }
    return {
        "batch": "{" + ",".join(f'"{name}":{found}' for name, found in batch.items()) + "}",
        "blobs": [value for write in writes for value in write.blobs.values],
        "inserts": [value for write in writes for value in write.inserts.values],
        "upserts": [value for write in writes for value in write.upserts.values],
    }


def _joined(rows: Iterable[str]) -> str:
    return f"[{','.join(rows)}]"


@contextmanager
def fenced(lease: Lease | None) -> Iterator[None]:
    """Around a transaction that checks the lease. Raises: LeaseLost, *not retryable*."""
    try:
        yield
    except psycopg.DatabaseError as error:
        if lease is not None and error.sqlstate == LEASE_LOST:
            raise superseded(lease) from error
        raise


async def check_lease(conn: psycopg.AsyncConnection[Any], lease: Lease | None) -> None:
    """Let the transaction that has just begun fail, unless the lease holds until it ends."""
    if lease is not None:
        token = lease.token
        await conn.execute(SQL["check_lease"], (lease.thread_id, lease.run_id, token.turn, token.attempt))
