"""Which checkpoints of a thread nobody needs any more: the rule by which every store prunes.

Of a namespace the latest checkpoint goes on; of a subgraph's single call (its namespace has a task's id) nothing, once
the root has. With the latest stay the ancestors over which the value of a `DeltaChannel` is spread: LangGraph goes back
from parent to parent, adding up what tasks wrote, until it comes to a snapshot.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from langgraph.checkpoint.base import Checkpoint
from langgraph.checkpoint.serde.types import _DeltaSnapshot

from orchestrator.checkpoints.saved import Row

COUNTED = "counters_since_delta_snapshot"
"""LangGraph's metadata: the DeltaChannels whose value is not in a checkpoint."""
VERSIONED = "delta_writes_versioned"
"""LangGraph.js's metadata: there are some; it does not say which."""
DELTAS = (COUNTED, VERSIONED)
WHOLE = "orch_whole"
"""Our metadata: the DeltaChannels for which nobody has to go back beyond a checkpoint."""
Place = tuple[str, str]
"""Namespace and checkpoint id."""


def with_whole(metadata: Mapping[str, Any], checkpoint: Checkpoint) -> dict[str, Any]:
    """The metadata of a checkpoint that is about to be written, with the DeltaChannels that have a snapshot in it or
    were never written."""
    counted = metadata.get(COUNTED) or {}
    snapshots = {name for name, value in checkpoint["channel_values"].items() if isinstance(value, _DeltaSnapshot)}
    whole = snapshots | (counted.keys() - checkpoint["channel_versions"].keys())
    return {**metadata, WHOLE: sorted(whole)} if whole else dict(metadata)


def unneeded(rows: Iterable[Row], base: str = "") -> Sequence[Place]:
    """What may go of a thread, of all that comes after `base`.

    Args:
        rows: Its checkpoints after `base`, and all others that have metadata of `DELTAS`.
        base: This checkpoint stays, with all before it.
    """
    namespaces: dict[str, dict[str, Row]] = {}
    for row in rows:
        namespaces.setdefault(row.namespace, {})[row.checkpoint_id] = row
    root = max(namespaces.get("", ()), default="")
    needed = {
        (namespace, checkpoint_id)
        for namespace, own in namespaces.items()
        if ":" not in namespace or max(own) >= root
        for checkpoint_id in _with_ancestors(max(own), own)
    }
    later = ((namespace, one) for namespace, own in namespaces.items() for one in own if one > base)
    return [place for place in later if place not in needed]


def _with_ancestors(checkpoint_id: str, rows: Mapping[str, Row]) -> Iterator[str]:
    """A checkpoint, and those to which its DeltaChannels go back."""
    spread = {name for row in rows.values() for name in _deltas(row)}
    at: Row | None = rows[checkpoint_id]
    while at is not None:
        yield at.checkpoint_id
        spread -= set(at.metadata.get(WHOLE) or ())
        at = rows.get(at.parent_id or "") if spread else None


def _deltas(row: Row) -> Collection[str]:
    counted, whole = row.metadata.get(COUNTED) or (), row.metadata.get(WHOLE) or ()
    return {*counted, *whole, *({VERSIONED} & row.metadata.keys())}
