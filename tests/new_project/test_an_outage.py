import asyncio

import pytest

from orchestrator.testing import proxy


async def test_refuses_connections_as_long_as_it_lasts_and_no_longer() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()

    async def said(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"hello\n")
        try:
            heard = await reader.read()
        finally:
            writer.close()
        if not heard:
            raise ConnectionError
        return heard

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    target = server.sockets[0].getsockname()[1]
    async with server, proxy(f"127.0.0.1:{target}") as between:
        assert await said(between.port) == b"hello\n"
        with between.outage(), pytest.raises(ConnectionError):
            await said(between.port)
        assert await said(between.port) == b"hello\n"
