"""The pictures' application on a dev server of its own, with the Web UI."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from docs.pictures.claims import app
from orchestrator.client import OrchestratorClient
from orchestrator.devserver import dev_server
from orchestrator.search_attributes import register
from orchestrator.settings import Settings
from orchestrator.testing import worker

DOCS = "https://docs.example.com/orchestrator"


class There(NamedTuple):
    """A client, and the address of the Web UI's list of workflows."""

    client: OrchestratorClient
    workflows: str


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[There]:
    """With a worker."""
    settings = Settings(checkpoints=f"sqlite:///{tmp_path / 'checkpoints.db'}", drain_seconds=1, docs_url=DOCS)
    async with dev_server() as server:
        temporal = await server.client()
        await register(temporal)
        async with worker(app, temporal, settings):
            client = OrchestratorClient(temporal, task_queue=app.name)
            yield There(client, f"{server.ui}/namespaces/default/workflows")
