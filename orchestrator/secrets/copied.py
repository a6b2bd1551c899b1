"""A copy of a thread, sealed anew as its own: a value belongs to one row of one thread.

One row after the other, so that a long thread with a large state needs no more memory than its largest value.
"""

import json
from typing import Any

from orchestrator.checkpoints.serde import serializer
from orchestrator.checkpoints.store import Rows
from orchestrator.secrets.seal import Sealer
from orchestrator.secrets.state import REST, STATE, WRITE, StateSealer, channel_place, metadata_place, place_of


async def reseal(rows: Rows, sealer: Sealer, source: str, thread_id: str) -> None:
    """Seal the rows of a copy for it, in the transaction in which they were copied.

    Raises:
        SealBroken: A row stands where it does not belong. *Not retryable.*
        KeyMissing: One is sealed with a key that is not known here. *Retryable.*
    """
    state = StateSealer(sealer, serializer([]))
    for row in await rows("copied_checkpoints", thread_id):
        [stored] = await rows("copied_checkpoint", thread_id, *row)
        if (moved := _checkpoint(state, (source, thread_id), row[0], stored)) is not None:
            await rows("reseal_checkpoint", *moved, thread_id, *row)
    for row in await rows("copied_blobs", thread_id):
        [(value,)] = await rows("copied_blob", thread_id, *row)
        if place_of(value) is not None:
            moved_blob = state.moved(value, (STATE, source, *row), (STATE, thread_id, *row))
            await rows("reseal_blob", moved_blob, thread_id, *row)
    for row in await rows("copied_writes", thread_id):
        [(channel, value)] = await rows("copied_write", thread_id, *row)
        if (place := place_of(value)) is not None:
            of_task = (*row[:3], channel, place[-1])
            moved_write = state.moved(value, (WRITE, source, *of_task), (WRITE, thread_id, *of_task))
            await rows("reseal_write", moved_write, thread_id, *row)


def _checkpoint(
    state: StateSealer, threads: tuple[str, str], namespace: str, row: tuple[Any, Any, Any]
) -> tuple[Any, str] | None:
    """The checkpoint, and its metadata as JSON; None: it was not sealed."""
    kind, stored, metadata = row
    metadata = metadata if isinstance(metadata, dict) else json.loads(metadata)
    if REST not in metadata:
        return None
    checkpoint = state.serde.loads_typed((kind, stored)) if kind else stored
    before, after = (metadata_place(thread, namespace, checkpoint, metadata) for thread in threads)
    metadata = {**metadata, REST: state.moved(metadata[REST], before, after)}
    values = {}
    for channel, value in checkpoint["channel_values"].items():
        before, after = (channel_place(thread, namespace, checkpoint, channel) for thread in threads)
        values[channel] = state.moved(value, before, after)
    moved = {**checkpoint, "channel_values": values}
    return state.serde.dumps_typed(moved)[1] if kind else json.dumps(moved), json.dumps(metadata)
