"""Real servers for the tests."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from orchestrator import testing
from orchestrator.devserver import DevServer
from tests.support.dynamodb import CREDENTIALS, DynamoServer
from tests.support.dynamodb import dynamodb_server as dynamodb_server_of_its_own


@pytest.fixture(scope="session", autouse=True)
def _short_tracebacks() -> None:
    """Drawing one with all its variables takes structlog a second."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, renderer])


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Whatever a test configures ends with it."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.configure(**before)


QUICK = ("history.transferProcessorEnsureCloseBeforeDelete=false", "history.transferProcessorMaxPollRPS=1000")
"""Without the first, deleting a workflow that has ended takes 30 s; without the second, each workflow task of a busy
workflow waits 50 ms."""


@pytest.fixture(scope="session")
def temporal() -> Iterator[DevServer]:
    """One Temporal dev server for the whole run, in memory."""
    with testing.dev_server_in_background(
        *(part for value in QUICK for part in ("--dynamic-config-value", value))
    ) as one:
        yield one


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of one real PostgreSQL server for the whole run."""
    with testing.postgres_server() as url:
        yield url


@pytest.fixture
def postgres(postgres_server: str) -> str:
    """URL of a database of its own."""
    return testing.new_database(postgres_server)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[testing.RedisServer]:
    """One real Valkey server for the whole run."""
    with testing.redis_server() as server:
        yield server


@pytest.fixture
def redis(redis_server: testing.RedisServer) -> str:
    """URL of a database of its own."""
    return redis_server.new_database()


@pytest.fixture(scope="session")
def dynamodb_server() -> Iterator[DynamoServer]:
    """One server that speaks DynamoDB for the whole run."""
    with pytest.MonkeyPatch.context() as patch, dynamodb_server_of_its_own() as server:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        yield server


@pytest.fixture
def dynamodb(dynamodb_server: DynamoServer) -> str:
    """URL of a table of its own."""
    return dynamodb_server.new_table()


@pytest.fixture(params=["sqlite", "postgresql"])
def checkpoints(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty checkpointer, once per kind of database; see also `tests.support.stores.EVERY_DATABASE`."""
    if request.param == "memory":
        return "memory://"
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'checkpoints.db'}"
    url: str = request.getfixturevalue({"postgresql": "postgres"}.get(request.param, request.param))
    return url
