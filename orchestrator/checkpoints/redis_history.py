"""Deleting what of a thread nobody needs any more."""

import json

from orchestrator.checkpoints.needed import unneeded
from orchestrator.checkpoints.redis_keys import ThreadKeys, member, parts_of
from orchestrator.checkpoints.redis_server import RedisServer
from orchestrator.checkpoints.redis_writes import fence, fenced_keys
from orchestrator.checkpoints.row import Row
from orchestrator.checkpoints.store import Lease


async def prune(server: RedisServer, thread_id: str, lease: Lease | None, base: str = "") -> int:
    """See `CheckpointStore.prune`; what the script has said. What goes is found by one script, and goes by another;
    only the second needs the lease."""
    keys = ThreadKeys.of(thread_id)
    found = await server.script("after", [keys.order, keys.checkpoints], base)
    rows = [_row(place, parent, metadata) for place, parent, metadata in found]
    places = [member(*place) for place in unneeded(rows)]
    done: int = await server.script("prune", fenced_keys(lease, thread_id), *fence(lease), *places)
    return done


def _row(place: bytes, parent: bytes, metadata: bytes) -> Row:
    namespace, checkpoint_id = parts_of(place)
    return Row(namespace, checkpoint_id, parent.decode() or None, json.loads(metadata))
