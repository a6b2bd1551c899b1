import asyncio
from urllib.parse import parse_qs, urlsplit

import pytest

from orchestrator.checkpoints.postgres import PostgresStore
from orchestrator.errors import StoreUnavailable
from tests.support.crash_proxy import HOST, Proxy, socket_of

ATTEMPTS = 12
"""So often nobody answers. With pauses that double from 1 s on, that takes an hour; a pool gives up after 5 min."""


class Line(Proxy):
    """The way to the database. Once it is cut, it is mended by so many attempts to connect through it."""

    attempts = 0

    def cut(self) -> None:
        self.attempts = ATTEMPTS
        self.refuse()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.attempts:
            self.attempts -= 1
            if not self.attempts:
                self.mend()
        await super().serve(reader, writer)


async def test_is_asked_at_a_steady_pace_and_has_its_next_answer_soon_after_it_is_back(postgres: str) -> None:
    url = urlsplit(postgres)
    line = Line(socket_of(parse_qs(url.query)["host"][0]))
    async with await asyncio.start_server(line.serve, HOST, 0) as server:
        port = server.sockets[0].getsockname()[1]
        store = PostgresStore(f"postgresql://postgres@{HOST}:{port}{url.path}", reconnect_seconds=0.2)
        async with store:
            await store.setup()
            line.cut()
            with pytest.raises(StoreUnavailable):
                await store.latest("thread")
            assert await store.latest("thread") is None, "this one waits for a connection"
            assert not line.attempts
        await line.stop()
