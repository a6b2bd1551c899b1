"""A copy of a thread, made where nobody looks, and given to its new owner in one step when it is finished."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from orchestrator.calls import Rewind
from orchestrator.checkpoints.redis_history import prune
from orchestrator.checkpoints.redis_keys import (
    THREADS,
    Row,
    ThreadKeys,
    Written,
    member,
    pack_value,
    pairs,
    parts_of,
    unpack_value,
)
from orchestrator.checkpoints.redis_server import RedisServer
from orchestrator.checkpoints.serde import Serializer, serializer
from orchestrator.checkpoints.store import Lease, Rows, check_copied, kept_answers
from orchestrator.errors import StoreUnavailable

UNFINISHED_SECONDS = 86_400
"""For how long a copy stays that was not finished, because the worker died."""
OnCopied = Callable[[Rows, str, str], Awaitable[None]]


async def copy_thread(
    server: RedisServer, source: str, lease: Lease, rewind: Rewind, *, serde: Serializer, on_copied: OnCopied | None
) -> bool:
    """Take a new thread that is a copy; False if it is somebody's already.

    Raises:
        ThreadLost: There is nothing to copy. *Not retryable.*
        StoreUnavailable: The server does not answer. *Retryable.*
    """
    copy = f"{lease.thread_id}\0{uuid4().hex}"
    keys = ThreadKeys.of(copy)
    answers = kept_answers(rewind)
    waited = [part for task, count in answers.items() for part in ("\0".join(task), "1" if count else "0")]
    afresh = rewind.checkpoint_id if rewind.afresh else ""
    arguments: list[str | int] = [rewind.checkpoint_id, afresh, UNFINISHED_SECONDS, *waited]
    check_copied(source, rewind, await server.script("copy", [*ThreadKeys.of(source), *keys], *arguments))
    if on_copied is not None:
        await on_copied(_Copied(server, copy), source, lease.thread_id)
    for task, count in answers.items():
        if count:
            await _keep_first_answers(server, keys, task, count, serde)
    if rewind.head:
        await prune(server, copy, None)
    taken = (lease.thread_id, lease.run_id, lease.token.turn, lease.token.attempt)
    done = await server.script("adopt", [*ThreadKeys.of(lease.thread_id), *keys, THREADS], *taken)
    if done == b"gone":
        raise StoreUnavailable(f"{server.place} lost the copy of thread {source} before it was finished.")
    return bool(done == b"taken")


async def _keep_first_answers(
    server: RedisServer, keys: ThreadKeys, task: tuple[str, str], count: int, serde: Serializer
) -> None:
    """Leave a task that waited the answers it had then."""
    for place, packed in pairs(await server.script("marked", [keys.tasks, keys.writes], *answers_of(*task))).items():
        held = Written.of(packed)
        kept = serde.dumps_typed(serde.loads_typed((held.kind, held.value))[:count])
        await server("HSET", keys.writes, place, Written(held.path, held.channel, *kept).packed())


def answers_of(namespace: str, task_id: str) -> tuple[str, str]:
    """How the member of a task's answers begins and ends."""
    return f"{namespace}\0", f"\0{task_id}\0-4"


class _Copied:
    """The queries with which encryption seals a copy as its own, by name. The thread that they name has nothing yet."""

    def __init__(self, server: RedisServer, copy: str) -> None:
        self._server = server
        self._keys = ThreadKeys.of(copy)
        self._serde = serializer([])

    async def __call__(self, query: str, *parameters: Any) -> list[Any]:
        found: list[Any] | None = await getattr(self, f"_{query}")(*parameters)
        return found or []

    async def _copied_checkpoints(self, _thread: str) -> list[Any]:
        return [tuple(parts_of(place)) for place in await self._server("HKEYS", self._keys.checkpoints)]

    async def _row(self, *place: str) -> Row:
        return Row.of(await self._server("HGET", self._keys.checkpoints, member(*place)))

    async def _copied_checkpoint(self, _thread: str, *place: str) -> list[Any]:
        row = await self._row(*place)
        return [(row.kind, row.checkpoint, row.metadata.decode())]

    async def _reseal_checkpoint(self, checkpoint: bytes, metadata: str, _thread: str, *place: str) -> None:
        row = await self._row(*place)
        again = Row(row.parent, row.blobs, row.kind, checkpoint, metadata.encode())
        await self._server("HSET", self._keys.checkpoints, member(*place), again.packed())

    async def _copied_blobs(self, _thread: str) -> list[Any]:
        return [tuple(parts_of(name)) for name in await self._server("HKEYS", self._keys.blobs)]

    async def _copied_blob(self, _thread: str, *name: str) -> list[Any]:
        data = await self._server("HGET", self._keys.blobs, member(*name))
        return [(self._serde.loads_typed(unpack_value(data)),)]

    async def _reseal_blob(self, value: Any, _thread: str, *name: str) -> None:
        await self._server("HSET", self._keys.blobs, member(*name), pack_value(self._serde.dumps_typed(value)))

    async def _copied_writes(self, _thread: str) -> list[Any]:
        places = [parts_of(place) for place in await self._server("HKEYS", self._keys.writes)]
        return [(*place[:3], int(place[3])) for place in places]

    async def _copied_write(self, _thread: str, *place: Any) -> list[Any]:
        held = Written.of(await self._server("HGET", self._keys.writes, member(*place)))
        return [(held.channel, self._serde.loads_typed((held.kind, held.value)))]

    async def _reseal_write(self, value: Any, _thread: str, *place: Any) -> None:
        held = Written.of(await self._server("HGET", self._keys.writes, member(*place)))
        again = Written(held.path, held.channel, *self._serde.dumps_typed(value))
        await self._server("HSET", self._keys.writes, member(*place), again.packed())
