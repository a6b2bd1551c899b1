"""Deleting what of a thread nobody needs any more, a transaction after the other.

First the checkpoints, then what hung on them: what is left by a worker that dies in between is found by nobody, and
goes the next time.
"""

from collections.abc import AsyncIterator, Iterable

from orchestrator.checkpoints.dynamodb_client import Item
from orchestrator.checkpoints.dynamodb_keys import BLOB, CONTROL, WRITES, partition, text
from orchestrator.checkpoints.dynamodb_reader import Reader
from orchestrator.checkpoints.dynamodb_rows import blobs_of, unpack_body
from orchestrator.checkpoints.dynamodb_writer import Writer
from orchestrator.checkpoints.needed import unneeded
from orchestrator.checkpoints.row import Place
from orchestrator.checkpoints.store import Lease


async def prune(reader: Reader, writer: Writer, lease: Lease, base: str) -> None:
    """See `CheckpointStore.prune`.

    Raises:
        LeaseLost: A later turn or attempt has the thread. *Not retryable.*
    """
    async with writer.turn(lease.thread_id):
        heads = [head async for head in reader.heads(lease.thread_id)]
        goes = set(unneeded(head for head in heads if head.checkpoint_id > base))
        if not goes:
            return
        kept = [head for head in heads if head.place not in goes]
        pk, places = partition(lease.thread_id), {head.place for head in kept}
        await writer.delete(lease, (head.item for head in heads if head.place in goes))
        for prefix in (WRITES, CONTROL):
            await writer.delete(lease, _but(reader.dynamo.query(pk, prefix), places))
        bodies = [(unpack_body(await reader.large.read(head.item)), head.namespace) for head in kept]
        await writer.delete(
            lease, _others(reader.dynamo.query(pk, BLOB), {sk for one in bodies for sk in blobs_of(*one)})
        )


async def _but(items: AsyncIterator[Item], places: set[Place]) -> AsyncIterator[Item]:
    async for item in items:
        if (text(item, "ns"), text(item, "id")) not in places:
            yield item


async def _others(items: AsyncIterator[Item], keys: Iterable[str]) -> AsyncIterator[Item]:
    async for item in items:
        if text(item, "sk") not in keys:
            yield item
