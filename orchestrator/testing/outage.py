"""A scripted outage: a TCP proxy between a worker and Temporal, a database or any service, that the test can cut."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

HOST = "127.0.0.1"
CHUNK_BYTES = 65536


class Proxy:
    """Forwards a TCP port to an address, or to a Unix socket, until it is cut."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.port = 0
        self._forwards = asyncio.Event()
        self._forwards.set()
        self._refuses = False
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"{HOST}:{self.port}"

    def hold(self) -> None:
        """Forward nothing more. Connections stay open and new ones are taken, as behind a network that loses packets;
        what was sent meanwhile arrives late."""
        self._forwards.clear()

    def refuse(self) -> None:
        """Close every connection, and each new one at once."""
        self._refuses = True
        for connection in self._connections:
            connection.cancel()

    @contextmanager
    def outage(self) -> Iterator[None]:
        """An outage as long as the block: connections are refused."""
        self.refuse()
        try:
            yield
        finally:
            self.mend()

    def mend(self) -> None:
        """Forward again."""
        self._refuses = False
        self._forwards.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            if not self._refuses:
                await self._forwards.wait()
                await self._join(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # either end is gone, or the test wants it gone
        finally:
            writer.transport.abort()
            self._connections.discard(task)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.target.startswith("/"):
            there, back = await asyncio.open_unix_connection(self.target)
        else:
            host, _, port = self.target.rpartition(":")
            there, back = await asyncio.open_connection(host, int(port))
        pumps = [asyncio.create_task(self._pump(reader, back)), asyncio.create_task(self._pump(there, writer))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            back.transport.abort()
            for pump in pumps:
                pump.cancel()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK_BYTES):
                await self._forwards.wait()
                writer.write(data)
                await writer.drain()
        await self._forwards.wait()  # the end of a stream is held back as well

    async def stop(self) -> None:
        """Close every connection, and wait until they are closed."""
        connections = list(self._connections)
        self.refuse()
        await asyncio.gather(*connections, return_exceptions=True)


@asynccontextmanager
async def proxy(target: str) -> AsyncIterator[Proxy]:
    """A proxy of `HOST:PORT`, or of the Unix socket at a path."""
    made = Proxy(target)
    server = await asyncio.start_server(made.serve, HOST, 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await made.stop()


def socket_of(folder: Path | str) -> str:
    """The Unix socket of a PostgreSQL server, by its folder."""
    return f"{folder}/.s.PGSQL.5432"
