"""Real servers for the tests."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from orchestrator.devserver import DevServer, dev_server


@pytest.fixture(scope="session")
def temporal() -> Iterator[DevServer]:
    """One Temporal dev server for the whole run, in memory."""
    started: list[DevServer] = []
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with dev_server(headless=True) as server:
            started.append(server)
            ready.set()
            await stop.wait()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        finally:
            ready.set()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait()
    assert started, "the Temporal dev server did not start"
    yield started[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()
