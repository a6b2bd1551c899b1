"""Deleting what of a thread nobody needs any more, a transaction after the other.

First the checkpoints, then what hung on them: what is left by a worker that dies in between is found by nobody, and
goes the next time.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping

from orchestrator.checkpoints.dynamodb_client import Item
from orchestrator.checkpoints.dynamodb_keys import BLOB, CONTROL, WRITES, partition, text
from orchestrator.checkpoints.dynamodb_reader import Head, Reader
from orchestrator.checkpoints.dynamodb_rows import blobs_of, unpack_body
from orchestrator.checkpoints.dynamodb_writer import Writer
from orchestrator.checkpoints.head import DELTAS
from orchestrator.checkpoints.store import Lease


async def keep_head(reader: Reader, writer: Writer, lease: Lease) -> bool:
    """Keep the latest checkpoint of each namespace, as `head.keep_head` does in SQL.

    Returns:
        Whether it could: a DeltaChannel's value is spread over the history.

    Raises:
        LeaseLost: A later turn or attempt has the thread. *Not retryable.*
    """
    return await _keep(reader, writer, lease, _is_head)


def _is_head(head: Head, latest: Mapping[str, str]) -> bool:
    return ":" not in head.namespace and head.checkpoint_id == latest[head.namespace]


async def thin(reader: Reader, writer: Writer, lease: Lease, base: str) -> bool:
    """Keep what stood at the last wait, and of each namespace the latest, as `thin` does in SQL; see there.

    Raises:
        LeaseLost: A later turn or attempt has the thread. *Not retryable.*
    """

    def stays(head: Head, latest: Mapping[str, str]) -> bool:
        if head.checkpoint_id <= base:
            return True
        is_latest = head.checkpoint_id == latest[head.namespace]
        return is_latest and (":" not in head.namespace or head.checkpoint_id >= latest.get("", ""))

    return await _keep(reader, writer, lease, stays)


async def uses_deltas(reader: Reader, thread_id: str) -> bool:
    """Whether a DeltaChannel's value is spread over the thread's history."""
    return any([_has_deltas(head) async for head in reader.heads(thread_id)])


def _has_deltas(head: Head) -> bool:
    return any(name in head.metadata for name in DELTAS)


async def _keep(reader: Reader, writer: Writer, lease: Lease, stays: Callable[[Head, Mapping[str, str]], bool]) -> bool:
    """Delete the checkpoints that do not stay, given the latest of each namespace, and what hung on them."""
    async with writer.turn(lease.thread_id):
        heads = [head async for head in reader.heads(lease.thread_id)]
        if any(_has_deltas(head) for head in heads):
            return False
        latest = {head.namespace: head.checkpoint_id for head in heads}
        kept = [head for head in heads if stays(head, latest)]
        pk, places = partition(lease.thread_id), {(head.namespace, head.checkpoint_id) for head in kept}
        await writer.delete(lease, (head.item for head in heads if (head.namespace, head.checkpoint_id) not in places))
        orphans = [head.item for head in kept if head.parent_id and (head.namespace, head.parent_id) not in places]
        await writer.update(lease, orphans, "REMOVE parent")
        for prefix in (WRITES, CONTROL):
            await writer.delete(lease, _but(reader.dynamo.query(pk, prefix), places))
        bodies = [(unpack_body(await reader.large.read(head.item)), head.namespace) for head in kept]
        await writer.delete(
            lease, _others(reader.dynamo.query(pk, BLOB), {sk for one in bodies for sk in blobs_of(*one)})
        )
        return True


async def _but(items: AsyncIterator[Item], places: set[tuple[str, str]]) -> AsyncIterator[Item]:
    async for item in items:
        if (text(item, "ns"), text(item, "id")) not in places:
            yield item


async def _others(items: AsyncIterator[Item], keys: Iterable[str]) -> AsyncIterator[Item]:
    async for item in items:
        if text(item, "sk") not in keys:
            yield item
