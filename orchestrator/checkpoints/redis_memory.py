"""LangGraph's long-term memory in Redis, without an index: LangGraph's own stores for Redis and Valkey need the search
module, which a plain server lacks."""

import asyncio
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from langgraph.store.base import (
    BaseStore,
    GetOp,
    Item,
    ListNamespacesOp,
    Op,
    PutOp,
    Result,
    SearchItem,
    SearchOp,
)
from langgraph.store.memory import _compare_values, _does_match

from orchestrator.checkpoints.from_threads import result_in
from orchestrator.checkpoints.redis_keys import TAG, pairs
from orchestrator.checkpoints.redis_server import RedisServer

ITEMS, ORDER = f"{TAG}memory", f"{TAG}memory-order"
"""Hash of items, and sorted set of their names: namespace, an empty part, key, with NUL between them."""

Namespace = tuple[str, ...]


class RedisMemory(BaseStore):
    """Items by namespace and key. A search reads all that is below its prefix and filters it here; one by meaning
    finds the same as one without, as in any store of LangGraph's that has no index."""

    def __init__(self, server: RedisServer) -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        return result_in(self._loop, self.abatch(ops))

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """The results of operations; what they put is seen by later calls.

        Raises:
            StoreUnavailable: The server does not answer. *Retryable.*
        """
        ops = list(ops)
        results = [await self._read(op) for op in ops]
        for op in ops:
            if isinstance(op, PutOp):
                await self._put(op)
        return results

    async def _read(self, op: Op) -> Result:
        if isinstance(op, GetOp):
            packed = await self._server("HGET", ITEMS, _name(op.namespace, op.key))
            return None if packed is None else Item(**_unpacked(_name(op.namespace, op.key), packed))
        if isinstance(op, SearchOp):
            return await self._search(op)
        if isinstance(op, ListNamespacesOp):
            return await self._namespaces(op)
        return None

    async def _put(self, op: PutOp) -> None:
        value = "" if op.value is None else json.dumps(op.value)
        now = datetime.now(UTC).isoformat()
        await self._server.script("remember", [ITEMS, ORDER], _name(op.namespace, op.key), now, value)

    async def _search(self, op: SearchOp) -> list[SearchItem]:
        found = pairs(await self._server.script("recall", [ITEMS, ORDER], _prefix(op.namespace_prefix)))
        items = [SearchItem(**_unpacked(name, packed)) for name, packed in found.items()]
        wanted = (op.filter or {}).items()
        fitting = [item for item in items if all(_compare_values(item.value.get(key), value) for key, value in wanted)]
        fitting.sort(key=lambda item: item.updated_at, reverse=True)
        return fitting[op.offset : op.offset + op.limit]

    async def _namespaces(self, op: ListNamespacesOp) -> list[Namespace]:
        names = {_parts(name)[0] for name in await self._server("ZRANGE", ORDER, 0, -1)}
        conditions = op.match_conditions or ()
        fitting = [name for name in names if all(_does_match(condition, name) for condition in conditions)]
        return sorted({name[: op.max_depth] for name in fitting})[op.offset : op.offset + op.limit]


def _name(namespace: Namespace, key: str) -> bytes:
    return "\0".join((*namespace, "", key)).encode()


def _prefix(namespace: Namespace) -> bytes:
    return "".join(f"{part}\0" for part in namespace).encode()


def _parts(name: bytes) -> tuple[Namespace, str]:
    namespace, _, key = name.decode().partition("\0\0")
    return tuple(namespace.split("\0")), key


def _unpacked(name: bytes, packed: bytes) -> dict[str, Any]:
    namespace, key = _parts(name)
    created, updated, value = packed.split(b"\0", 2)
    return {
        "namespace": namespace,
        "key": key,
        "value": json.loads(value),
        "created_at": datetime.fromisoformat(created.decode()),
        "updated_at": datetime.fromisoformat(updated.decode()),
    }
