"""Which checkpoints of a thread nobody needs any more: the rule by which every store prunes.

Of a namespace the latest checkpoint goes on; of a subgraph's single call (its namespace has a task's id) nothing, once
the root has. With the latest stay the ancestors over which the value of a `DeltaChannel` is spread: LangGraph goes back
from parent to parent, adding up what tasks wrote, until it comes to a snapshot.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from langgraph.checkpoint.base import Checkpoint
from langgraph.checkpoint.serde.types import _DeltaSnapshot

from orchestrator.checkpoints.row import Place, Row

COUNTED = "counters_since_delta_snapshot"
"""LangGraph's metadata: the graph's DeltaChannels, but for those that have a snapshot here."""
VERSIONED = "delta_writes_versioned"
"""LangGraph.js's metadata: there are some; it does not say which."""
DELTAS = "orch_deltas"
"""Our metadata: of each DeltaChannel that this thread has had, also of those that the graph has given up, whether
nobody has to go back beyond this checkpoint for it."""


def deltas(metadata: Mapping[str, Any]) -> dict[str, bool]:
    """`DELTAS` of a checkpoint, whoever wrote it."""
    unknown = {*(metadata.get(COUNTED) or ()), *({VERSIONED} & metadata.keys())}
    return dict.fromkeys(unknown, False) | (metadata.get(DELTAS) or {})


def whole(row: Row) -> set[str]:
    """The DeltaChannels for which nobody has to go back beyond a checkpoint."""
    return {name for name, is_whole in deltas(row.metadata).items() if is_whole}


def with_deltas(metadata: Mapping[str, Any], checkpoint: Checkpoint, before: Collection[str]) -> dict[str, Any]:
    """The metadata of a checkpoint that is about to be written.

    Args:
        metadata: LangGraph's.
        checkpoint: Has snapshots among its values, and no version of what was never written.
        before: The DeltaChannels that the thread has had.
    """
    snapshots = {name for name, value in checkpoint["channel_values"].items() if isinstance(value, _DeltaSnapshot)}
    versions, known = checkpoint["channel_versions"], snapshots.union(before, metadata.get(COUNTED) or ())
    if not known:
        return dict(metadata)
    return {**metadata, DELTAS: {name: name in snapshots or name not in versions for name in sorted(known)}}


def unneeded(rows: Iterable[Row]) -> Sequence[Place]:
    """What may go of a thread.

    Args:
        rows: Its checkpoints after the last that has to stay.
    """
    namespaces = by_namespace(rows)
    root = max(namespaces.get("", ()), default="")
    needed = {
        row.place
        for namespace, own in namespaces.items()
        if ":" not in namespace or max(own) >= root
        for row in _with_ancestors(max(own), own)
    }
    return [row.place for own in namespaces.values() for row in own.values() if row.place not in needed]


def by_namespace(rows: Iterable[Row]) -> dict[str, dict[str, Row]]:
    """By namespace and id."""
    namespaces: dict[str, dict[str, Row]] = {}
    for row in rows:
        namespaces.setdefault(row.namespace, {})[row.checkpoint_id] = row
    return namespaces


def _with_ancestors(checkpoint_id: str, rows: Mapping[str, Row]) -> Iterator[Row]:
    """A checkpoint, and those to which its DeltaChannels go back."""
    spread = {name for row in rows.values() for name in deltas(row.metadata)}
    at: Row | None = rows[checkpoint_id]
    while at is not None:
        yield at
        spread -= whole(at)
        at = rows.get(at.parent_id or "") if spread else None
