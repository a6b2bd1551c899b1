"""A Redis or Valkey server: its address, its connections, and our scripts on it."""

import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import MovedError, NoScriptError, RedisError, WatchError

from orchestrator.checkpoints.queries import load_queries
from orchestrator.checkpoints.redis_keys import SCHEMA
from orchestrator.errors import ConfigurationError, StoreUnavailable
from orchestrator.urls import without_password

FILE = load_queries("redis.lua")
LUA = {name: FILE["prelude"] + "\n" + text for name, text in FILE.items() if name != "prelude"}
DIGESTS = {name: hashlib.sha1(text.encode()).hexdigest() for name, text in LUA.items()}  # noqa: S324 - Redis's own names
CONNECT_TIMEOUT_SECONDS = 10.0
REPLY_TIMEOUT_SECONDS = 30.0
"""For how long a reply is waited for; the URL may say otherwise with `socket_timeout`."""
RETRIES = 3
"""After a connection that was cut: what we send may be done twice."""
MOVES = 4
"""How often a command is sent again, because a node does not know a script or does not have our keys."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """A script, with what it is given."""

    script: str
    keys: Sequence[str]
    arguments: Sequence[bytes | str | int]

    @property
    def given(self) -> tuple[int | str | bytes, ...]:
        """As Redis wants it."""
        return (len(self.keys), *self.keys, *self.arguments)


class RedisServer:
    """One primary and, on it, one numbered database; of a cluster, the primary that has our keys.

    Raises:
        ConfigurationError: The URL makes no sense to the driver. *Not retryable.*
    """

    def __init__(self, url: str, max_connections: int = 20) -> None:
        self.url = url
        self.max_connections = max_connections
        self._at = url
        self._clients: dict[str, Any] = {}
        self.client = self._connected(url)

    @property
    def place(self) -> str:
        """Where it is, for messages: without a password."""
        parts = urlsplit(self._at)
        return f"Redis at {parts.hostname}:{parts.port or 6379}, database {parts.path.removeprefix('/') or '0'}"

    def lost(self, thread_id: str) -> StoreUnavailable:
        """The error of who finds less in a thread than was acknowledged. *Retryable:* from what there is."""
        return StoreUnavailable(
            f"{self.place} has lost the latest of thread {thread_id}, which it had acknowledged: a failover, or a "
            "restart without appendfsync always. The next attempt goes on from what is there."
        )

    async def open(self) -> None:
        """Connect, and find the node that has our keys. Raises: StoreUnavailable, *retryable*."""
        await self("EXISTS", SCHEMA)

    async def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            await client.aclose()

    async def __call__(self, *command: Any) -> Any:
        """What a command returns. Raises: StoreUnavailable, *retryable*."""
        return await self._done(lambda: self.client.execute_command(*command))

    async def script(self, name: str, keys: Iterable[str], *arguments: bytes | str | int) -> Any:
        """What a script returns. Raises: StoreUnavailable, *retryable*."""
        [found] = await self.scripts([Call(name, [*keys], arguments)])
        return found

    async def scripts(self, calls: Sequence[Call]) -> list[Any]:
        """What scripts return that are run one after the other, sent at once.

        Raises:
            StoreUnavailable: The server does not answer, or one of the scripts failed. *Retryable.*
        """
        return await self._done(lambda: self._sent(calls))

    async def _sent(self, calls: Sequence[Call]) -> list[Any]:
        if len(calls) == 1:
            return [await self.client.execute_command("EVALSHA", DIGESTS[calls[0].script], *calls[0].given)]
        async with self.client.pipeline(transaction=False) as pipe:
            for call in calls:
                pipe.execute_command("EVALSHA", DIGESTS[call.script], *call.given)
            found: list[Any] = await pipe.execute()
            return found

    async def _done(self, send: Callable[[], Awaitable[T]]) -> T:
        """What is sent returns; it may be sent more than once."""
        with self.answering():
            for _ in range(MOVES):
                try:
                    return await send()
                except NoScriptError:  # new to us, or started again
                    for text in LUA.values():
                        await self.client.execute_command("SCRIPT LOAD", text)
                except MovedError as moved:
                    self._move(moved)
                except Disconnected:
                    self._go_home()
                    raise
            return await send()

    @contextlib.asynccontextmanager
    async def pipeline(self) -> AsyncIterator[Any]:
        """A transaction of Redis's own kind: it watches, reads, and then does everything or nothing.

        Raises:
            WatchError: Nothing was done, and it is worth beginning again.
            StoreUnavailable: The server does not answer. *Retryable.*
        """
        with self.answering(but=WatchError):
            try:
                async with self.client.pipeline(transaction=True) as pipe:
                    yield pipe
            except MovedError as moved:
                self._move(moved)
                raise WatchError(str(moved)) from moved
            except Disconnected:
                self._go_home()
                raise

    def _connected(self, url: str) -> Any:
        """A client, whose commands have no types. Those that others may still be using are closed at the end."""
        if url not in self._clients:
            self._clients[url] = Redis.from_pool(_pool(url, self.max_connections))
        return self._clients[url]

    def _move(self, moved: MovedError) -> None:
        """To the node of a cluster that has our keys, which are all in one place."""
        parts = urlsplit(self.url)
        user = parts.netloc.rpartition("@")[0]
        host = f"[{moved.host}]" if ":" in moved.host else moved.host or parts.hostname
        self._at = parts._replace(netloc=f"{user}{user and '@'}{host}:{moved.port}").geturl()
        self.client = self._connected(self._at)

    def _go_home(self) -> None:
        """To the URL's own node, which knows where our keys are, if the one that had them is gone."""
        self._at = self.url
        self.client = self._connected(self.url)

    @contextlib.contextmanager
    def answering(self, but: type[RedisError] | None = None) -> Iterator[None]:
        """What the driver raises is StoreUnavailable.

        A server that refuses (out of memory, not the primary, a full disk, wrong credentials) is set right by an
        operator, and then the stage goes on.

        Args:
            but: What the caller itself goes by.
        """
        try:
            yield
        except (RedisError, OSError) as error:
            if but is not None and isinstance(error, but):
                raise
            said = " ".join(str(error).split())
            raise StoreUnavailable(f"{self.place} does not answer: {said}") from error


def _pool(url: str, max_connections: int) -> BlockingConnectionPool:
    try:
        return BlockingConnectionPool.from_url(
            url,
            max_connections=max_connections,
            timeout=REPLY_TIMEOUT_SECONDS,
            socket_connect_timeout=CONNECT_TIMEOUT_SECONDS,
            socket_timeout=REPLY_TIMEOUT_SECONDS,
            socket_keepalive=True,
            health_check_interval=30,
            retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), RETRIES, (Disconnected,)),
        )
    except ValueError as error:
        raise ConfigurationError(
            f"{without_password(url)!r} is no URL of a Redis: write redis://user:password@host:6379/0, with '@', ':', "
            "'/' and '%' inside the user and the password percent-encoded."
        ) from error
