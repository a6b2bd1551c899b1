from pathlib import Path

import pytest

from orchestrator.devserver import DevServer
from tests.support.crash_crew import Crew


@pytest.fixture
async def crew(temporal: DevServer, tmp_path: Path, checkpoints: str) -> Crew:
    """A crew on each kind of database."""
    return Crew(await temporal.client(), temporal.address, tmp_path, checkpoints)


@pytest.fixture
async def crew_on_postgres(temporal: DevServer, tmp_path: Path, postgres: str) -> Crew:
    """A crew on PostgreSQL."""
    return Crew(await temporal.client(), temporal.address, tmp_path, postgres)


@pytest.fixture
async def crew_on_sqlite(temporal: DevServer, tmp_path: Path) -> Crew:
    """A crew on SQLite."""
    return Crew(await temporal.client(), temporal.address, tmp_path, f"sqlite:///{tmp_path / 'checkpoints.db'}")
