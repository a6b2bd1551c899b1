"""Over a real socket: what is too large is refused while it comes in."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import uvicorn
from temporalio.client import Client

from orchestrator.client import OrchestratorClient
from orchestrator.serve.app import create_app
from tests.serve.office import settings

MEGABYTE = 1024 * 1024


@contextlib.asynccontextmanager
async def listening(client: Client) -> AsyncIterator[int]:
    app = create_app(OrchestratorClient(client, checkpoints="memory://"), settings())
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen()
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            yield bound.getsockname()[1]
        finally:
            server.should_exit = True
            await serving


async def answer(port: int, head: str, *chunks: bytes) -> str:
    """The first line of the answer to a request that goes on while nobody may be reading it any more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"POST /workflows/a/events/b HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
    first = asyncio.create_task(reader.readline())
    with contextlib.suppress(ConnectionError):
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
    line = (await first).decode()
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return line


async def test_that_say_so_are_refused_before_they_come(client: Client) -> None:
    async with listening(client) as port:
        assert " 413 " in await answer(port, "Content-Length: 99999999999")


async def test_that_do_not_say_so_are_refused_when_it_shows(client: Client) -> None:
    chunk = b"%x\r\n" % MEGABYTE + b"x" * MEGABYTE + b"\r\n"
    async with listening(client) as port:
        assert " 413 " in await answer(port, "Transfer-Encoding: chunked", chunk, b"1\r\nx\r\n", b"0\r\n\r\n")


async def test_of_just_the_limit_are_taken(client: Client) -> None:
    chunk = b"%x\r\n" % MEGABYTE + b"x" * MEGABYTE + b"\r\n"
    async with listening(client) as port:
        assert " 401 " in await answer(port, "Transfer-Encoding: chunked", chunk, b"0\r\n\r\n")


async def test_that_end_early_harm_nobody(client: Client) -> None:
    async with listening(client) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /workflows/a/events/b HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert " 401 " in await answer(port, "Content-Length: 1", b"x")
