"""A saver for Redis and Valkey, fenced, with group commit.

It is our own. `langgraph-checkpoint-redis` needs the search and JSON modules, which a plain server lacks.
`AsyncValkeySaver` of `langgraph-checkpoint-aws` does without, but writes a checkpoint and its place in the list in
commands that no lease can be checked with, keeps all writes of a step in one value that parallel nodes overwrite in
turn, writes the whole state at each step, and lists keys with KEYS when it deletes.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from functools import partial
from random import random
from typing import TYPE_CHECKING, Any, TypeVar

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    DeltaChannelHistory,
    get_checkpoint_id,
    writes_sort_key,
)

from orchestrator.checkpoints.from_threads import result_in
from orchestrator.checkpoints.redis_keys import THREADS, Row, ThreadKeys, Written, pairs, parts_of, unpack_value
from orchestrator.checkpoints.redis_writes import Builder, RedisWrite
from orchestrator.checkpoints.serde import Serializer
from orchestrator.checkpoints.store import Lease, OnCheckpoint, report, without_output_of_failed
from orchestrator.checkpoints.weight import SERIALISED_AT_ONCE_BYTES, is_light

if TYPE_CHECKING:
    from orchestrator.checkpoints.redis import RedisStore

T = TypeVar("T")
SHARED_BYTES = 65_536
"""What is larger is written over a connection of its own."""


class FencedRedisSaver(BaseCheckpointSaver[str]):
    """Each call is one script, which checks the lease before it writes."""

    def __init__(
        self, store: "RedisStore", lease: Lease | None, serde: Serializer, on_checkpoint: OnCheckpoint | None
    ) -> None:
        super().__init__(serde=serde)
        self.serializer = serde
        self.store = store
        self.lease = lease
        self.on_checkpoint = on_checkpoint
        self.loop = asyncio.get_running_loop()
        self._builder = Builder(lease, serde)
        self._own = store.group()

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        values = checkpoint["channel_values"].items()
        build = partial(self._builder.checkpoint, config, checkpoint, metadata, new_versions)
        await self._write(build, [(name, value) for name, value in values if name in new_versions])
        where = config["configurable"]
        written = _config(where["thread_id"], where.get("checkpoint_ns", ""), checkpoint["id"])
        report(self.on_checkpoint, written, metadata)
        return written

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        kept = without_output_of_failed(writes)
        await self._write(partial(self._builder.task, config, kept, task_id, task_path), kept)

    async def _write(self, build: Callable[[], RedisWrite], values: Sequence[tuple[str, Any]]) -> None:
        """Serialise and write. Large values go over a connection of their own, so that small ones need not wait for
        them, and what belongs to the same step goes with them."""
        with self.serializer.naming(values):
            light = is_light((value for _, value in values), SERIALISED_AT_ONCE_BYTES)
            write = build() if light else await asyncio.to_thread(build)
        shared = write.size_bytes <= SHARED_BYTES and not self._own.gathers
        await (self.store.commits if shared else self._own)(write)

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
        place, packed, parent, blobs, writes = found
        namespace, checkpoint_id = parts_of(place)
        row = Row.of(packed)
        values = {parts_of(name)[0]: self.serde.loads_typed(unpack_value(data)) for name, data in pairs(blobs).items()}
        checkpoint: Checkpoint = self.serde.loads_typed((row.kind, row.checkpoint))
        tasks = sorted(((parts_of(key), Written.of(data)) for key, data in pairs(writes).items()), key=_order)
        return CheckpointTuple(
            _config(thread_id, namespace, checkpoint_id),
            {**checkpoint, "channel_values": values},
            json.loads(row.metadata),
            _config(thread_id, namespace, parent.decode()) if parent else None,
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
            for place in await self.store.server("ZRANGE", ThreadKeys.of(thread_id).order, 0, -1):
                namespace, checkpoint_id = parts_of(place)
                if where.get("checkpoint_ns", namespace) != namespace or (wanted or checkpoint_id) != checkpoint_id:
                    continue
                if end is None or checkpoint_id < end:
                    places.append((checkpoint_id, namespace, thread_id))
        return sorted(places, reverse=True)

    async def adelete_thread(self, thread_id: str) -> None:
        await self.store.delete(str(thread_id), self.lease)

    def get_next_version(self, current: str | None, channel: None) -> str:  # noqa: ARG002 - LangGraph's signature
        """Sorts by time, and no two are equal: a thread that is forked does not mix up the values of both ways."""
        number = 0 if current is None else int(str(current).partition(".")[0])
        return f"{number + 1:032}.{random():016}"  # noqa: S311 - no secret

    # The same for sync code, which LangGraph runs in threads.

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        return self._wait(self.aput(config, checkpoint, metadata, new_versions))

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        self._wait(self.aput_writes(config, writes, task_id, task_path))

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        return self._wait(self.aget_tuple(config))

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - LangGraph's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        async def all_of_them() -> Sequence[CheckpointTuple]:
            return [saved async for saved in self.alist(config, filter=filter, before=before, limit=limit)]

        yield from self._wait(all_of_them())

    def delete_thread(self, thread_id: str) -> None:
        self._wait(self.adelete_thread(thread_id))

    def get_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        return self._wait(self.aget_delta_channel_history(config=config, channels=channels))

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return result_in(self.loop, work)


def _config(thread_id: str, namespace: str, checkpoint_id: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread_id, "checkpoint_ns": namespace, "checkpoint_id": checkpoint_id}}


def _order(task: tuple[Sequence[str], Written]) -> tuple[str, str, int]:
    return writes_sort_key(task[1].path, task[0][2], int(task[0][3]))
