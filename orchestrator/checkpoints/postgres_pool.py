"""A worker's connections to PostgreSQL: a pool, which says why there is none to be had."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from orchestrator.checkpoints.postgres_address import CONNECT_TIMEOUT_SECONDS, Address, split_options, unavailable
from orchestrator.errors import StoreUnavailable

NOTICE_A_SILENT_NETWORK = {
    "keepalives_idle": 10,  # seconds
    "keepalives_interval": 5,  # seconds
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds
}
"""libpq's options: without them a write over a connection that died without a word hangs for hours."""


class Connection(psycopg.AsyncConnection[Any]):
    """One that tells how the attempt to open it ended: a pool keeps that to itself."""

    @classmethod
    async def connect(cls, *args: Any, **kwargs: Any) -> Self:
        on_attempt: Callable[[psycopg.Error | None], None] = kwargs.pop("on_attempt")
        try:
            made = await super().connect(*args, **kwargs)
        except psycopg.Error as error:
            on_attempt(error)
            raise
        on_attempt(None)
        return made


class PostgresPool:
    """Of one database.

    Args:
        url: Where it is, with our own options.
        max_connections: How many there are at most.
        reconnect_seconds: For how long the pause between two attempts to connect is doubled.
    """

    def __init__(self, url: str, max_connections: int, reconnect_seconds: float) -> None:
        self.url, self.prepares = split_options(url)
        self.address = Address.of(self.url)
        self.max_connections = max_connections
        self.reconnect_seconds = reconnect_seconds
        self.patience_seconds = float(self.address.connect_timeout_seconds if self.address else CONNECT_TIMEOUT_SECONDS)
        self._refused: psycopg.Error | None = None

    async def open(self) -> None:
        """Connect. Raises: StoreUnavailable, *retryable*."""
        options: dict[str, Any] = {
            "autocommit": True,
            "prepare_threshold": 0 if self.prepares else None,
            "row_factory": dict_row,
            "connect_timeout": int(self.patience_seconds),
            "on_attempt": self._heard,
            **NOTICE_A_SILENT_NETWORK,
        }
        self.connections: AsyncConnectionPool[Any] = AsyncConnectionPool(
            self.url,
            connection_class=Connection,
            min_size=1,
            max_size=self.max_connections,
            timeout=self.patience_seconds,
            reconnect_timeout=self.reconnect_seconds,
            reconnect_failed=AsyncConnectionPool.check,  # which grows an empty pool: so it never ceases to try
            open=False,
            kwargs=options,
        )
        try:
            # Not through the pool, which would go on trying and not say why.
            await (await Connection.connect(self.url, **options)).close()
            await self.connections.open(wait=True, timeout=self.patience_seconds)
        except (PoolTimeout, psycopg.Error) as error:
            await self.close()
            raise self._unavailable(error) from None  # what the driver says of a malformed URL may show a password

    async def close(self) -> None:
        """Close all connections."""
        await self.connections.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """One of them, whose server may be gone.

        Connections that a server restart has cut are thrown out at the first failure, so the next attempt gets live
        ones, without asking the server for a sign of life before each statement.

        Raises:
            StoreUnavailable: It is, or all connections are busy. *Retryable.*
        """
        try:
            async with self.connections.connection() as conn:
                yield conn
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
            if isinstance(error, PoolTimeout) or error.sqlstate is None or error.sqlstate[:2] in ("08", "57"):
                await self.connections.check()
                raise self._unavailable(error) from error
            raise

    def _heard(self, refused: psycopg.Error | None) -> None:
        self._refused = refused

    def _unavailable(self, error: Exception) -> StoreUnavailable:
        """A pool that has run out of patience does not say whether connections were refused, or busy."""
        if not isinstance(error, PoolTimeout):
            return unavailable(self.address, error)
        return unavailable(self.address, self._refused or f"none of {self.max_connections} connections came free")
