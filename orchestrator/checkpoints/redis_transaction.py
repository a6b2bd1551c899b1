"""A transaction of several reads and writes on Redis, with Python in between.

What is read is watched, and what is written is done with everything else when the work ends: if something that was
read has changed by then, nothing is done, and the work begins again.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from redis.exceptions import WatchError

from orchestrator.checkpoints.redis_keys import ThreadKeys
from orchestrator.checkpoints.redis_server import LUA, Call, RedisServer

T = TypeVar("T")
Q = TypeVar("Q", bound="Transaction")


async def atomically(server: RedisServer, queries: type[Q], work: Callable[[Q], Awaitable[T]]) -> T:
    """What `work` returns, done in one transaction.

    Raises:
        StoreUnavailable: The server does not answer. *Retryable.*
    """
    while True:
        try:
            async with server.pipeline() as pipe:
                transaction = queries(pipe)
                done = await work(transaction)
                await transaction.commit()
                return done
        except WatchError:  # something that was read is different by now, or the connection was cut
            continue


class Transaction:
    """Runs queries by name."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self._writes: list[tuple[Any, ...]] = []

    async def __call__(self, query: str, *parameters: Any) -> list[Any]:
        """The rows of a query; none if it only writes."""
        found: list[Any] | None = await getattr(self, f"_{query}")(*parameters)
        return found or []

    async def commit(self) -> None:
        """Do what was written. Raises: WatchError if something that was read is different by now."""
        if not self._writes:
            return
        self._pipe.multi()
        for command in self._writes:
            self._pipe.execute_command(*command)
        await self._pipe.execute()

    async def holder(self, thread_id: str) -> tuple[str, int, int] | None:
        """Run, turn and attempt of a thread's one writer."""
        held = await self._read(ThreadKeys.of(thread_id).lease, "HMGET", "run", "turn", "attempt")
        return None if held[0] is None else (held[0].decode(), int(held[1]), int(held[2]))

    async def _read(self, key: str, command: str, *arguments: Any) -> Any:
        """Of a key that must still be like that when the transaction ends."""
        await self._pipe.watch(key)
        return await self._glance(command, key, *arguments)

    async def _glance(self, *command: Any) -> Any:
        """Of what may change meanwhile."""
        return await self._pipe.immediate_execute_command(*command)

    async def _script(self, name: str, *keys: str) -> Any:
        """A script that only reads, of what may change meanwhile."""
        return await self._glance("EVAL", LUA[name], *Call(name, keys, ()).given)

    def _write(self, *command: Any) -> None:
        self._writes.append(command)
