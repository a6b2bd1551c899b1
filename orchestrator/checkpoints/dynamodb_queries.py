"""The queries of upkeep and continued threads, by the names that they have in SQL.

Beside the threads the table has four partitions, by which they are found:

    threads     every thread that was ever leased          holds       workflows that the retention leaves alone
    values      every large value, its size and its age    claims      runs of continued threads, and of each the last
"""

from typing import Any

from orchestrator.checkpoints.dynamodb_client import Item
from orchestrator.checkpoints.dynamodb_keys import LEASE, partition, text
from orchestrator.checkpoints.dynamodb_lease import THREADS
from orchestrator.checkpoints.dynamodb_transaction import Transaction
from orchestrator.checkpoints.dynamodb_values import VALUES
from orchestrator.checkpoints.store import GRAPH, Lease, Token

HELD, CLAIMS, LAST = "holds", "claims", "last#"
CLAIM = ("name", "seq", "workflow", "run", "base", "base_checkpoint", "left", "left_checkpoint")


class Queries(Transaction):
    """Runs them in one transaction."""

    # --- threads ---

    async def _leased_threads(self, after: str, limit: int) -> list[Any]:
        found: list[Any] = []
        while len(found) < limit and (page := await self._page(THREADS, after, limit)):
            after = text(page[-1], "sk")
            names = [text(item, "sk") for item in page]
            leases = await self._store.dynamo.batch([(partition(name), LEASE) for name in names])
            held = {text(item, "pk"): item for item in leases}
            found += [
                (name, text(item, "run_id"), int(item["turn"]["N"]), int(item["attempt"]["N"]))
                for name in names
                if (item := held.get(partition(name))) is not None
            ]
        return found[:limit]

    async def _threads_of(self, first: str, end: str) -> list[Any]:
        going = {lease.thread_id for lease in self._unleased}
        return [(name,) for name in await self._span(THREADS, first, end) if name not in going]

    async def _thread_head(self, thread_id: str) -> list[Any]:
        heads = [head async for head in self._store.reader.heads(thread_id)]
        return [(heads[-1].checkpoint_id, heads[-1].metadata.get(GRAPH))] if heads else []

    async def _thread_size(self, thread_id: str, *_: str) -> list[Any]:
        return [await self._store.reader.size(thread_id)]

    async def _unlease(self, thread_id: str, run_id: str, turn: int, attempt: int) -> list[Any]:
        lease = Lease(thread_id, run_id, Token(turn, attempt))
        if not await self._store.leases.hold(lease):
            return []
        self._unleased.append(lease)
        return [(1,)]

    async def _nothing(self, *_: Any) -> None:
        """What is done with something else."""

    _drop_checkpoints = _drop_writes = _drop_blobs = _nothing

    # --- values ---

    async def _value_page(self, after: str, limit: int) -> list[Any]:
        page = await self._page(VALUES, after, limit)
        return [(text(item, "sk"), int(item["size"]["N"]), text(item, "created_at")) for item in page]

    async def _values_of(self, first: str, end: str) -> list[Any]:
        return [(name,) for name in await self._span(VALUES, first, end)]

    async def _drop_value(self, name: str) -> None:
        self._values.append(name)

    # --- holds ---

    async def _hold(self, workflow_id: str, held_by: str, reason: str, at: str) -> None:
        await self._get(HELD, workflow_id)
        item = {"held_by": {"S": held_by}, "reason": {"S": reason}, "at": {"S": at}}
        self._written[HELD, workflow_id] = item

    async def _release(self, workflow_id: str) -> list[Any]:
        if await self._get(HELD, workflow_id) is None:
            return []
        self._written[HELD, workflow_id] = None
        return [(1,)]

    async def _holds(self) -> list[Any]:
        names = ("sk", "held_by", "reason", "at")
        return [tuple(text(item, name) for name in names) async for item in self._store.dynamo.query(HELD)]

    async def _held(self, workflow_id: str) -> list[Any]:
        return [(1,)] if await self._get(HELD, workflow_id) is not None else []

    # --- continued threads ---

    async def _lock_name(self, _name: str) -> None:
        """What is read must still be so in the end."""

    async def _claimed(self, root: str) -> list[Any]:
        held = await self._get(CLAIMS, root)
        return [] if held is None else [_of_claim(held, "base", "base_checkpoint")]

    async def _claim_again(self, run_id: str, root: str) -> None:
        await self._change_claim(root, run=run_id)

    async def _last_claim(self, name: str) -> list[Any]:
        last = await self._get(CLAIMS, LAST + name)
        root = text(last or {}, "root")
        if not root or (held := await self._get(CLAIMS, root)) is None:
            return []
        return [(int(text(held, "seq")), root, *_of_claim(held, "workflow", *CLAIM[4:]))]

    async def _claim(self, name: str, seq: int, root: str, *owner_and_base: str | None) -> None:
        values = (name, str(seq), *owner_and_base)
        claim = {field: {"S": value} for field, value in zip(CLAIM, values, strict=False) if value is not None}
        self._written[CLAIMS, root] = claim
        self._written[CLAIMS, LAST + name] = {"root": {"S": root}}

    async def _leave(self, thread_id: str, checkpoint_id: str, root: str, run_id: str) -> None:
        held = await self._get(CLAIMS, root)
        if held is not None and text(held, "run") == run_id:
            await self._change_claim(root, left=thread_id, left_checkpoint=checkpoint_id)

    async def _change_claim(self, root: str, **values: str) -> None:
        if (held := await self._get(CLAIMS, root)) is not None:
            self._written[CLAIMS, root] = held | {name: {"S": value} for name, value in values.items()}

    async def _drop_claim(self, root: str) -> None:
        held = await self._get(CLAIMS, root)
        if held is not None and text(await self._get(CLAIMS, LAST + text(held, "name")) or {}, "root") != root:
            self._written[CLAIMS, root] = None

    async def _continued_threads(self) -> list[Any]:
        claims = {text(item, "sk"): item async for item in self._store.dynamo.query(CLAIMS)}
        last = [text(item, "root") for name, item in claims.items() if name.startswith(LAST)]
        return [(*_of_claim(claims[root], "left", "base"), root) for root in last if root in claims]


def _of_claim(item: Item, *names: str) -> tuple[str | None, ...]:
    return tuple(text(item, name) or None for name in names)
