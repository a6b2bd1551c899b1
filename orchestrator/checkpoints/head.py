"""A thread without its history: the latest checkpoint of each namespace, which is all that goes on from it need."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.checkpoints.store import Rows

DELTAS = ("counters_since_delta_snapshot", "delta_writes_versioned")
"""Metadata of checkpoints of which a DeltaChannel's value is spread over the history."""


async def keep_head(rows: "Rows", thread_id: str) -> bool:
    """Delete a finished thread's history, in the caller's transaction.

    Returns:
        Whether it could: a DeltaChannel's value is spread over the history, so a thread that has one stays whole.
    """
    if await rows("uses_deltas", thread_id):
        return False
    for statement in ("head_checkpoints", "head_parents", "head_writes", "head_blobs"):
        await rows(statement, thread_id)
    return True
