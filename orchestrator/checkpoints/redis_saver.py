"""A saver for Redis and Valkey, fenced, with group commit.

It is our own. `langgraph-checkpoint-redis` needs the search and JSON modules, which a plain server lacks.
`AsyncValkeySaver` of `langgraph-checkpoint-aws` does without, but writes a checkpoint and its place in the list in
commands that no lease can be checked with, keeps all writes of a step in one value that parallel nodes overwrite in
turn, writes the whole state at each step, and lists keys with KEYS when it deletes.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, CheckpointTuple, get_checkpoint_id, writes_sort_key

from orchestrator.checkpoints.fenced_saver import FencedSaver, config_of
from orchestrator.checkpoints.group_commit import by_size
from orchestrator.checkpoints.redis_keys import THREADS, Row, ThreadKeys, Written, pairs, parts_of, unpack_value
from orchestrator.checkpoints.redis_writes import Builder, RedisWrite
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import Lease, OnCheckpoint
from orchestrator.checkpoints.weight import SERIALISED_AT_ONCE_BYTES

if TYPE_CHECKING:
    from orchestrator.checkpoints.redis import RedisStore


class FencedRedisSaver(FencedSaver[RedisWrite]):
    """Each call is one script, which checks the lease before it writes."""

    def __init__(
        self, store: "RedisStore", lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None
    ) -> None:
        super().__init__(Builder(lease, serde), on_checkpoint)
        self.store = store
        self._own = store.group()

    async def _commit(self, write: RedisWrite) -> None:
        await by_size(write, self.store.commits, self._own)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        where = config["configurable"]
        thread_id, namespace = str(where["thread_id"]), where.get("checkpoint_ns", "")
        keys = ThreadKeys.of(thread_id)
        found = await self.store.server.script("get", keys, namespace, get_checkpoint_id(config) or "")
        return None if found is None else await self._tuple(thread_id, found)

    async def _tuple(self, thread_id: str, found: list[Any]) -> CheckpointTuple:
        light = sum(map(len, found[3])) + sum(map(len, found[4])) <= SERIALISED_AT_ONCE_BYTES
        return self._read(thread_id, found) if light else await asyncio.to_thread(self._read, thread_id, found)

    def _read(self, thread_id: str, found: list[Any]) -> CheckpointTuple:
        """A checkpoint from what the script `get` returns."""
        member, packed, parent, blobs, writes = found
        namespace, checkpoint_id = parts_of(member)
        row = Row.of(packed)
        values = {parts_of(name)[0]: self.serde.loads_typed(unpack_value(data)) for name, data in pairs(blobs).items()}
        checkpoint: Checkpoint = self.serde.loads_typed((row.kind, row.checkpoint))
        tasks = sorted(((parts_of(key), Written.of(data)) for key, data in pairs(writes).items()), key=_order)
        return CheckpointTuple(
            config_of(thread_id, namespace, checkpoint_id),
            {**checkpoint, "channel_values": values},
            json.loads(row.metadata),
            config_of(thread_id, namespace, parent.decode()) if parent else None,
            [(key[2], it.channel, self.serde.loads_typed((it.kind, it.value))) for key, it in tasks],
        )

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - LangGraph's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        server, found = self.store.server, 0
        for checkpoint_id, namespace, thread_id in await self._places(config, before):
            if limit is not None and found >= limit:
                return
            read = await server.script("get", ThreadKeys.of(thread_id), namespace, checkpoint_id)
            if read is None:  # deleted meanwhile
                continue
            metadata = json.loads(Row.of(read[1]).metadata)
            if all(key in metadata and metadata[key] == value for key, value in (filter or {}).items()):
                found += 1
                yield await self._tuple(thread_id, read)

    async def _places(self, config: RunnableConfig | None, before: RunnableConfig | None) -> list[tuple[str, str, str]]:
        """Checkpoint, namespace and thread of what a list may have, newest first."""
        where = config["configurable"] if config is not None else {}
        end = get_checkpoint_id(before) if before is not None else None
        wanted = get_checkpoint_id(config) if config is not None else None
        if "thread_id" in where:
            threads = [str(where["thread_id"])]
        else:
            threads = [name.decode() for name in await self.store.server("ZRANGE", THREADS, 0, -1)]
        places = []
        for thread_id in threads:
            for member in await self.store.server("ZRANGE", ThreadKeys.of(thread_id).order, 0, -1):
                namespace, checkpoint_id = parts_of(member)
                if where.get("checkpoint_ns", namespace) != namespace or (wanted or checkpoint_id) != checkpoint_id:
                    continue
                if end is None or checkpoint_id < end:
                    places.append((checkpoint_id, namespace, thread_id))
        return sorted(places, reverse=True)

    async def adelete_thread(self, thread_id: str) -> None:
        await self.store.delete(str(thread_id), self.lease)


def _order(task: tuple[Sequence[str], Written]) -> tuple[str, str, int]:
    return writes_sort_key(task[1].path, task[0][2], int(task[0][3]))
