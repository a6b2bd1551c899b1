"""One worker for all tests that need one."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from orchestrator.devserver import DevServer
from tests.cli.running import CommandLine, environment


@pytest.fixture(scope="session")
def orchestrator(temporal: DevServer, tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The command line on the shared server, with the application `clinic`; nothing serves it."""
    folder = tmp_path_factory.mktemp("cli")
    variables = environment(
        TEMPORAL_ADDRESS=temporal.address,
        ORCHESTRATOR_APP="clinic:app",
        ORCHESTRATOR_CHECKPOINTS=f"sqlite:///{folder / 'checkpoints.db'}",
        MENDED=str(folder / "mended"),
    )
    return CommandLine(folder, variables)


@pytest.fixture(scope="session")
def clinic(orchestrator: CommandLine) -> Iterator[CommandLine]:
    """The same, with a worker on its task queue."""
    with orchestrator.serving("worker"):
        yield orchestrator


@pytest.fixture
def new_id() -> str:
    """A workflow id that nobody has."""
    return f"w-{uuid4().hex[:12]}"


@pytest.fixture
def mended(orchestrator: CommandLine) -> Iterator[Path]:
    """The file without which the graph `scan` fails."""
    file = Path(orchestrator.environment["MENDED"])
    yield file
    file.unlink(missing_ok=True)
