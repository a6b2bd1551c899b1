"""The older part of an audit trail: put down beside the checkpoints, and read back from there.

Each part is one value, never changed, under a key with the digest of what is in it. The entry that tells of it stands
in the part after it, or in the workflow: so whoever has the latest entries finds all of them, and the chain of hashes
shows whether what was read back is what was put down.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json

from orchestrator import trail
from orchestrator.checkpoints.open import open_store
from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.checkpoints.values import load_from
from orchestrator.errors import ThreadLost
from orchestrator.wire import Entry, Ref


async def put_down(store: CheckpointStore, workflow_id: str, entries: Sequence[Entry]) -> Ref | None:
    """Where entries are kept now; None: memory keeps nothing that others could read."""
    if store.name.startswith("memory:"):
        return None
    data = to_json([entry.model_dump(mode="json") for entry in entries])
    key = f"{workflow_id}/audit/{entries[0].seq}/{hashlib.sha256(data).hexdigest()[:12]}"
    await store.put_value(key, data)
    return Ref(store=store.name, key=key, size_bytes=len(data))


async def whole(url: str, recent: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A trail from its beginning.

    Args:
        url: Of the checkpointer that has its older part.
        recent: The entries that the workflow itself has.

    Raises:
        ThreadLost: The older part is not in that checkpointer. *Not retryable.*
        StoreUnavailable: Its database does not answer. *Retryable.*
    """
    if trail.older(recent) is None:
        return recent
    rows = recent
    async with open_store(url) as store:
        while (ref := trail.older(rows)) is not None:
            if ref.store != store.name:
                raise ThreadLost(
                    f"Entries 1 to {rows[0]['seq'] - 1} of the audit trail are kept in {ref.store}; the checkpointer "
                    f"here is {store.name}. Set ORCHESTRATOR_CHECKPOINTS to where they are."
                )
            rows = [*await load_from({store.name: store}, ref), *rows]
    return rows
