"""pytest fixtures: put `pytest_plugins = ["orchestrator.testing.fixtures"]` into your top `conftest.py`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.devserver import DevServer
from orchestrator.testing.postgres import new_database, postgres_server
from orchestrator.testing.redis import RedisServer, redis_server
from orchestrator.testing.servers import dev_server_in_background


@pytest.fixture(scope="session")
def temporal_server() -> Iterator[DevServer]:
    """One Temporal dev server for the whole run, in memory, with our search attributes."""
    with dev_server_in_background() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[str]:
    """URL of one real PostgreSQL server for the whole run."""
    with postgres_server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server_url: str) -> str:
    """URL of an empty PostgreSQL database of its own."""
    return new_database(postgres_server_url)


@pytest.fixture(scope="session")
def redis_test_server() -> Iterator[RedisServer]:
    """One real Valkey server for the whole run."""
    with redis_server() as server:
        yield server


@pytest.fixture
def redis_url(redis_test_server: RedisServer) -> str:
    """URL of an empty Redis database of its own."""
    return redis_test_server.new_database()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """URL of an empty SQLite checkpointer of its own."""
    return f"sqlite:///{tmp_path / 'checkpoints.db'}"
