"""The command, in a process of its own."""

import re
import signal
from pathlib import Path

import httpx
import pytest

from orchestrator.devserver import DevServer
from tests.cli.running import CommandLine, environment
from tests.serve.office import INBOUND_SECRET, LINK_SECRET


@pytest.fixture
def orchestrator(temporal: DevServer, tmp_path: Path) -> CommandLine:
    variables = environment(
        TEMPORAL_ADDRESS=temporal.address,
        ORCHESTRATOR_CHECKPOINTS=f"sqlite:///{tmp_path / 'checkpoints.db'}",
        ORCHESTRATOR_LINK_SECRET=LINK_SECRET,
        ORCHESTRATOR_LOG_FORMAT="json",
    )
    return CommandLine(tmp_path, variables)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_answers_until_it_is_told_to_stop_and_ends_with_status_0(orchestrator: CommandLine, number: int) -> None:
    with orchestrator.serving("serve", "--port", "0", until='"serving"') as server:
        found = re.search(r'"port": (\d+)', server.said)
        assert found is not None, server.said
        with httpx.Client(base_url=f"http://127.0.0.1:{found[1]}") as http:
            assert http.get("/readyz").status_code == 200
            assert http.get("/links/a.b.c").status_code == 404
        assert server.signal(number) == 0
    assert "stopped serving" in server.said
    assert "a.b.c" not in server.said


def test_needs_a_secret(orchestrator: CommandLine) -> None:
    said = orchestrator.but(ORCHESTRATOR_LINK_SECRET=None)("serve").err
    assert "There is nothing to serve: set ORCHESTRATOR_LINK_SECRET" in said


def test_says_which_port_is_taken(orchestrator: CommandLine) -> None:
    both = orchestrator.but(ORCHESTRATOR_INBOUND_SECRET=INBOUND_SECRET)
    with both.serving("serve", "--port", "0", until='"serving"') as server:
        found = re.search(r'"port": (\d+)', server.said)
        assert found is not None, server.said
        second = both("serve", "--port", found[1])
        assert (second.status, f"Cannot listen at 127.0.0.1:{found[1]}" in second.err) == (1, True)


def test_names_the_extra_that_is_missing(orchestrator: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "fastapi.py").write_text("raise ImportError('not installed')")
    path = f"{tmp_path}:{orchestrator.environment['PYTHONPATH']}"
    said = orchestrator.but(PYTHONPATH=path)("serve").refused()
    assert "pip install 'hybrid-orchestrator[serve]'" in said
