"""The queries of upkeep and continued threads, by the names that they have in SQL."""

import json
from datetime import UTC, datetime
from typing import Any

from orchestrator.checkpoints.redis_keys import (
    CLAIMS,
    CREATED,
    HOLDS,
    LAST,
    THREADS,
    VALUES,
    Row,
    ThreadKeys,
    value_key,
)
from orchestrator.checkpoints.redis_transaction import Transaction
from orchestrator.checkpoints.store import GRAPH


class Queries(Transaction):
    """Runs them in one transaction."""

    def __init__(self, pipe: Any) -> None:
        super().__init__(pipe)
        self._unleased: set[str] = set()

    # --- threads ---

    async def _leased_threads(self, after: str, limit: int) -> list[Any]:
        found: list[Any] = []
        while len(found) < limit:
            names = await self._glance("ZRANGEBYLEX", THREADS, f"({after}" if after else "-", "+", "LIMIT", 0, limit)
            if not names:
                break
            for name in names:
                after = name.decode()
                held = await self._glance("HMGET", ThreadKeys.of(after).lease, "run", "turn", "attempt")
                if held[0] is not None and len(found) < limit:
                    found.append((after, held[0].decode(), int(held[1]), int(held[2])))
        return found

    async def _threads_of(self, first: str, end: str) -> list[Any]:
        names = await self._glance("ZRANGEBYLEX", THREADS, f"[{first}", f"({end}")
        return [(name.decode(),) for name in names if name.decode() not in self._unleased]

    async def _thread_head(self, thread_id: str) -> list[Any]:
        keys = ThreadKeys.of(thread_id)
        found = await self._script("latest", keys.order, keys.checkpoints)
        if found is None:
            return []
        return [(found[0].decode(), json.loads(Row.of(found[1]).metadata).get(GRAPH))]

    async def _thread_size(self, thread_id: str, *_: str) -> list[Any]:
        keys = ThreadKeys.of(thread_id)
        return [tuple(await self._script("size", keys.order, keys.checkpoints, keys.writes, keys.blobs))]

    async def _unlease(self, thread_id: str, run_id: str, turn: int, attempt: int) -> list[Any]:
        if await self.holder(thread_id) != (run_id, turn, attempt):
            return []
        self._unleased.add(thread_id)
        self._write("UNLINK", ThreadKeys.of(thread_id).lease)
        self._write("ZREM", THREADS, thread_id)
        return [(1,)]

    async def _drop_checkpoints(self, thread_id: str) -> None:
        keys = ThreadKeys.of(thread_id)
        self._write("UNLINK", keys.checkpoints, keys.order)

    async def _drop_writes(self, thread_id: str) -> None:
        keys = ThreadKeys.of(thread_id)
        self._write("UNLINK", keys.writes, keys.tasks)

    async def _drop_blobs(self, thread_id: str) -> None:
        self._write("UNLINK", ThreadKeys.of(thread_id).blobs)

    # --- values ---

    async def _value_page(self, after: str, limit: int) -> list[Any]:
        keys = await self._glance("ZRANGEBYLEX", VALUES, f"({after}" if after else "-", "+", "LIMIT", 0, limit)
        found = []
        for key in keys:
            size = await self._glance("STRLEN", value_key(key.decode()))
            created = await self._glance("HGET", CREATED, key)
            found.append((key.decode(), size, (created or b"").decode() or datetime.now(UTC).isoformat()))
        return found

    async def _values_of(self, first: str, end: str) -> list[Any]:
        return [(key.decode(),) for key in await self._glance("ZRANGEBYLEX", VALUES, f"[{first}", f"({end}")]

    async def _drop_value(self, key: str) -> None:
        self._write("UNLINK", value_key(key))
        self._write("ZREM", VALUES, key)
        self._write("HDEL", CREATED, key)

    # --- holds ---

    async def _hold(self, workflow_id: str, held_by: str, reason: str, at: str) -> None:
        self._write("HSET", HOLDS, workflow_id, json.dumps([held_by, reason, at]))

    async def _release(self, workflow_id: str) -> list[Any]:
        if not await self._read(HOLDS, "HEXISTS", workflow_id):
            return []
        self._write("HDEL", HOLDS, workflow_id)
        return [(1,)]

    async def _holds(self) -> list[Any]:
        found = await self._glance("HGETALL", HOLDS)
        return [(name.decode(), *json.loads(found[name])) for name in sorted(found)]

    async def _held(self, workflow_id: str) -> list[Any]:
        return [(1,)] if await self._read(HOLDS, "HEXISTS", workflow_id) else []

    # --- continued threads; a claim is name, seq, workflow, run, base and what was left, each thread and checkpoint ---

    async def _lock_name(self, _name: str) -> None:
        """What is read is watched."""

    async def _claim_of(self, root: str) -> list[Any] | None:
        found = await self._read(CLAIMS, "HGET", root)
        return None if found is None else json.loads(found)

    async def _claimed(self, root: str) -> list[Any]:
        held = await self._claim_of(root)
        return [] if held is None else [tuple(held[4:6])]

    async def _claim_again(self, run_id: str, root: str) -> None:
        held = await self._claim_of(root)
        if held is not None:
            self._write("HSET", CLAIMS, root, json.dumps([*held[:3], run_id, *held[4:]]))

    async def _last_claim(self, name: str) -> list[Any]:
        found = await self._read(LAST, "HGET", name)
        if found is None:
            return []
        held = await self._claim_of(found.decode())
        return [] if held is None else [(held[1], found.decode(), held[2], *held[4:])]

    async def _claim(self, name: str, seq: int, root: str, *owner_and_base: str | None) -> None:
        self._write("HSET", CLAIMS, root, json.dumps([name, seq, *owner_and_base, None, None]))
        self._write("HSET", LAST, name, root)

    async def _leave(self, thread_id: str, checkpoint_id: str, root: str, run_id: str) -> None:
        held = await self._claim_of(root)
        if held is not None and held[3] == run_id:
            self._write("HSET", CLAIMS, root, json.dumps([*held[:6], thread_id, checkpoint_id]))

    async def _drop_claim(self, root: str) -> None:
        held = await self._claim_of(root)
        if held is not None and await self._read(LAST, "HGET", held[0]) != root.encode():
            self._write("HDEL", CLAIMS, root)

    async def _continued_threads(self) -> list[Any]:
        last = [root.decode() for root in (await self._glance("HGETALL", LAST)).values()]
        claims = [(root, await self._claim_of(root)) for root in last]
        return [(held[6], held[4], root) for root, held in claims if held is not None]
