"""The test applications served by a worker inside the test's own process."""

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

from temporalio.client import Client

from orchestrator import langgraph_json
from orchestrator.settings import Settings
from orchestrator.testing import worker
from tests.support.processes import APPS


@contextlib.asynccontextmanager
async def serving(client: Client, app: str, folder: Path, checkpoints: str) -> AsyncIterator[None]:
    """Serve `tests/support/apps/<app>`; its nodes write down what they do in `folder`."""
    os.environ["MARKS"] = str(folder / "marks")
    application = langgraph_json.load(APPS / app / "langgraph.json")
    application.name = folder.name
    async with worker(application, client, Settings(checkpoints=checkpoints, drain_seconds=1)):
        yield
