"""Redis and Valkey: one primary; every operation is one script or one transaction on it."""

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Self
from weakref import WeakSet

from orchestrator.calls import Rewind
from orchestrator.checkpoints.group_commit import GroupCommit
from orchestrator.checkpoints.redis_copy import answers_of, copy_thread
from orchestrator.checkpoints.redis_health import make_schema
from orchestrator.checkpoints.redis_history import prune
from orchestrator.checkpoints.redis_keys import (
    CREATED,
    THREADS,
    VALUES,
    ThreadKeys,
    Written,
    pairs,
    parts_of,
    value_key,
)
from orchestrator.checkpoints.redis_keys import Row as PackedRow
from orchestrator.checkpoints.redis_memory import RedisMemory
from orchestrator.checkpoints.redis_rows import Queries
from orchestrator.checkpoints.redis_saver import FencedRedisSaver
from orchestrator.checkpoints.redis_server import RedisServer
from orchestrator.checkpoints.redis_transaction import atomically
from orchestrator.checkpoints.redis_writes import RedisWrite, fence, fenced_keys
from orchestrator.checkpoints.row import Row
from orchestrator.checkpoints.saved import Saved, Write, saved
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import (
    Asked,
    CheckpointStore,
    ForeignThread,
    Lease,
    OnCheckpoint,
    Rows,
    T,
    superseded,
)
from orchestrator.checkpoints.whole import Whole, uninterrupted

__all__ = ["FencedRedisSaver", "RedisStore"]

LOST = -1
"""What a script returns that finds less than was written."""
PATIENCE_SECONDS = 10.0
"""For how long a write that is cancelled waits for its outcome."""


class RedisStore(CheckpointStore):
    """One numbered database of a Redis or Valkey server."""

    by_channel = True

    def __init__(self, url: str) -> None:
        self.url = url
        self.server = RedisServer(url)
        self.whole = Whole()
        self._groups: WeakSet[GroupCommit[RedisWrite]] = WeakSet()
        self.commits = self.group()
        """Of small writes, whichever thread they belong to."""

    async def __aenter__(self) -> Self:
        try:
            await self.server.open()
        except BaseException:  # a cancellation as well: connections may be open
            await self.server.close()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        for group in list(self._groups):
            await group.settled()
        await self.whole.settled()
        await self.server.close()

    async def setup(self) -> None:
        await make_schema(self.server)

    @uninterrupted
    async def acquire(self, lease: Lease, continued_from: str | None = None) -> None:
        token = (lease.run_id, lease.token.turn, lease.token.attempt)
        keys = [ThreadKeys.of(lease.thread_id).lease, THREADS]
        taken = await self.server.script("take", keys, lease.thread_id, *token, continued_from or "")
        if taken == b"foreign":
            raise ForeignThread(lease.thread_id)
        if taken == b"superseded":
            raise superseded(lease)

    @uninterrupted
    async def branch(self, source: str, lease: Lease, rewind: Rewind | None, serde: Serializer) -> None:
        known = await self.server("HEXISTS", ThreadKeys.of(lease.thread_id).lease, "run")
        copied = False
        if rewind is not None and not known:
            copied = await copy_thread(self.server, source, lease, rewind, serde=serde, on_copied=self.on_copied)
        if not copied:
            await self.acquire(lease)

    @uninterrupted
    async def prune(self, lease: Lease, base: str = "") -> None:
        self._check(lease, lease.thread_id, await prune(self.server, lease.thread_id, lease, base))

    async def atomically(self, work: Callable[[Rows], Awaitable[T]]) -> T:
        return await self.whole(atomically(self.server, Queries, work))

    async def latest(self, thread_id: str) -> str | None:
        keys = ThreadKeys.of(thread_id)
        found = await self.server.script("latest", [keys.order, keys.checkpoints])
        return None if found is None else str(found[0].decode())

    async def saved(self, thread_id: str) -> list[Saved]:
        keys = ThreadKeys.of(thread_id)
        rows = []
        for place, packed, size in await self.server.script("saved", keys):
            namespace, checkpoint_id = parts_of(place)
            row = PackedRow.of(packed)
            rows.append(Row(namespace, checkpoint_id, row.parent or None, json.loads(row.metadata), size))
        writes = []
        for place, path, channel, sent in await self.server.script("saved_writes", [keys.tasks, keys.writes]):
            namespace, checkpoint_id, task_id, index = parts_of(place)
            write = Write(namespace, checkpoint_id, task_id, path.decode(), channel.decode(), sent)
            writes.append((int(index), write))
        writes.sort(key=lambda numbered: (numbered[1].path, numbered[1].task_id, numbered[0]))
        return saved(rows, (write for _, write in writes))

    def saver(
        self, lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None = None
    ) -> FencedRedisSaver:
        return FencedRedisSaver(self, lease, serde, on_checkpoint)

    async def asked(self, thread_id: str, serde: Serializer) -> list[Asked]:
        return [
            Asked(place[0], place[2], held.path, serde.loads_typed((held.kind, held.value)))
            for place, held in await self._marked(thread_id, "", "\0-3")
        ]

    async def answered(self, thread_id: str, checkpoint_ns: str, task_id: str, serde: Serializer) -> int:
        found = await self._marked(thread_id, *answers_of(checkpoint_ns, task_id))
        return max((len(serde.loads_typed((held.kind, held.value))) for _, held in found), default=0)

    async def _marked(self, thread_id: str, first: str, last: str) -> list[tuple[list[str], Written]]:
        """Errors, questions or answers, each with its place."""
        keys = ThreadKeys.of(thread_id)
        found = await self.server.script("marked", [keys.tasks, keys.writes], first, last)
        return [(parts_of(place), Written.of(packed)) for place, packed in pairs(found).items()]

    @uninterrupted
    async def delete(self, thread_id: str, lease: Lease | None) -> None:
        """Delete a thread's checkpoints, while the lease holds.

        Raises:
            LeaseLost: It does not. *Not retryable.*
        """
        keys = fenced_keys(lease, thread_id)
        self._check(lease, thread_id, await self.server.script("delete", keys, *fence(lease), thread_id))

    @uninterrupted
    async def put_value(self, key: str, data: bytes) -> None:
        now = datetime.now(UTC).isoformat()
        await self.server.script("put_value", [value_key(key), VALUES, CREATED], key, data, now)

    async def get_value(self, key: str) -> bytes | None:
        value: bytes | None = await self.server("GET", value_key(key))
        return value

    def memory(self) -> RedisMemory:
        return RedisMemory(self.server)

    def group(self) -> GroupCommit[RedisWrite]:
        """Writes that go to the server together."""
        group = GroupCommit(self._commit, lambda write: self._commit([write]), PATIENCE_SECONDS)
        self._groups.add(group)
        return group

    async def _commit(self, writes: Sequence[RedisWrite]) -> None:
        """Send writes at once; each is a transaction of its own.

        Raises:
            LeaseLost: One lease is lost; what is written under others is there. *Not retryable.*
            StoreUnavailable: The server does not answer. *Retryable.*
        """
        done = await self.server.scripts([write.call for write in writes])
        for write, written in zip(writes, done, strict=True):
            self._check(write.lease, write.thread_id, written)

    def _check(self, lease: Lease | None, thread_id: str, written: int) -> None:
        """What a script has said to a write.

        Raises:
            LeaseLost: The lease is lost. *Not retryable.*
            StoreUnavailable: The server has lost what it had acknowledged. *Retryable:* from what it has.
        """
        if written == LOST:
            raise self.server.lost(thread_id)
        if not written and lease is not None:
            raise superseded(lease)
