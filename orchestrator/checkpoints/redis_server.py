"""A Redis or Valkey server: its address, its connections, and our scripts on it."""

import contextlib
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import NoScriptError, RedisError, WatchError

from orchestrator.checkpoints.queries import load_queries
from orchestrator.errors import ConfigurationError, StoreUnavailable
from orchestrator.urls import without_password

FILE = load_queries("redis.lua")
LUA = {name: FILE["prelude"] + "\n" + text for name, text in FILE.items() if name != "prelude"}
CONNECT_TIMEOUT_SECONDS = 10.0
REPLY_TIMEOUT_SECONDS = 30.0
"""For how long a reply is waited for; the URL may say otherwise with `socket_timeout`."""
RETRIES = 3
"""After a connection that was cut: what we send may be done twice."""


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
    """One primary and, on it, one numbered database.

    Raises:
        ConfigurationError: The URL makes no sense to the driver. *Not retryable.*
    """

    def __init__(self, url: str, max_connections: int = 20) -> None:
        self.url = url
        try:
            pool = BlockingConnectionPool.from_url(
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
                f"{without_password(url)!r} is no URL of a Redis: write redis://user:password@host:6379/0, with '@', "
                "':', '/' and '%' inside the user and the password percent-encoded."
            ) from error
        self.client: Any = Redis.from_pool(pool)  # whose commands have no types
        self._digests: dict[str, str] = {}

    @property
    def place(self) -> str:
        """Where it is, for messages: without a password."""
        parts = urlsplit(self.url)
        return f"Redis at {parts.hostname}:{parts.port or 6379}, database {parts.path.removeprefix('/') or '0'}"

    async def open(self) -> None:
        """Connect, and hand in the scripts. Raises: StoreUnavailable, *retryable*."""
        await self._load()

    async def close(self) -> None:
        """Close all connections."""
        await self.client.aclose()

    async def __call__(self, *command: Any) -> Any:
        """What a command returns. Raises: StoreUnavailable, *retryable*."""
        with self.answering():
            return await self.client.execute_command(*command)

    async def script(self, name: str, keys: Iterable[str], *arguments: bytes | str | int) -> Any:
        """What a script returns. Raises: StoreUnavailable, *retryable*."""
        [found] = await self.scripts([Call(name, [*keys], arguments)])
        return found

    async def scripts(self, calls: Sequence[Call]) -> list[Any]:
        """What scripts return that are run one after the other, sent at once.

        Raises:
            StoreUnavailable: The server does not answer, or one of the scripts failed. *Retryable.*
        """
        with self.answering():
            try:
                return await self._sent(calls)
            except NoScriptError:  # it was started again meanwhile
                await self._load()
                return await self._sent(calls)

    async def _sent(self, calls: Sequence[Call]) -> list[Any]:
        if len(calls) == 1:
            return [await self.client.execute_command("EVALSHA", self._digests[calls[0].script], *calls[0].given)]
        async with self.client.pipeline(transaction=False) as pipe:
            for call in calls:
                pipe.execute_command("EVALSHA", self._digests[call.script], *call.given)
            found: list[Any] = await pipe.execute()
            return found

    async def _load(self) -> None:
        with self.answering():
            for name, text in LUA.items():
                digest = await self.client.execute_command("SCRIPT LOAD", text)
                self._digests[name] = digest.decode() if isinstance(digest, bytes) else digest

    @contextlib.asynccontextmanager
    async def pipeline(self) -> AsyncIterator[Any]:
        """A transaction of Redis's own kind: it watches, reads, and then does everything or nothing."""
        with self.answering():
            async with self.client.pipeline(transaction=True) as pipe:
                yield pipe

    @contextlib.contextmanager
    def answering(self, but: type[RedisError] = NoScriptError) -> Iterator[None]:
        """What the driver raises is StoreUnavailable, but for what this module itself goes by.

        A server that refuses (out of memory, not the primary, a full disk, wrong credentials) is set right by an
        operator, and then the stage goes on.

        Args:
            but: What the caller itself goes by.
        """
        try:
            yield
        except (WatchError, but):
            raise
        except (RedisError, OSError) as error:
            said = " ".join(str(error).split())
            raise StoreUnavailable(f"{self.place} does not answer: {said}") from error
