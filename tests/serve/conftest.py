"""A client of the shared server."""

import pytest
from temporalio.client import Client

from orchestrator.devserver import DevServer


@pytest.fixture
async def client(temporal: DevServer) -> Client:
    return await temporal.client()
