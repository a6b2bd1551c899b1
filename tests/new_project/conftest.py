from pathlib import Path

import pytest

from tests.cli.running import CommandLine, environment


@pytest.fixture
def orchestrator(tmp_path: Path) -> CommandLine:
    """The command line in an empty folder; what runs there finds nothing of this repository but the engine."""
    return CommandLine(tmp_path, {**environment(), "PYTHONPATH": ""})
