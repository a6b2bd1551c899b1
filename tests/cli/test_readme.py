"""The README's own lines, run as they stand. Changed is only what this machine decides: the ports, and that the package
is installed already."""

import os
import re
import signal
import sysconfig
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.devserver import free_port
from tests.cli.running import ROOT, CommandLine

README = (ROOT / "README.md").read_text(encoding="utf-8")
AGENT, CLIENT = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[:2]
_, QUICKSTART, TEMPORAL_CLI = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)[:3]


INSTALLATION = ("python3 -m venv", "pip install")
PASTED = [line for line in QUICKSTART.splitlines(keepends=True) if not line.startswith(INSTALLATION)]


def alone(orchestrator: CommandLine, folder: Path, port: int) -> CommandLine:
    """A folder with nothing in it and a server's address."""
    return orchestrator.but(
        folder,
        TEMPORAL_ADDRESS=f"127.0.0.1:{port}",
        ORCHESTRATOR_APP=None,
        ORCHESTRATOR_CHECKPOINTS=None,
        PATH=f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}",
    )


@pytest.fixture
def here(orchestrator: CommandLine, tmp_path: Path) -> Iterator[CommandLine]:
    """The quickstart's folder, with `orchestrator dev` running."""
    port = free_port()
    (tmp_path / "agent.py").write_text(AGENT)
    alone_here = alone(orchestrator, tmp_path, port)
    assert alone_here.shell(line("echo")).status == 0
    with alone_here.serving("dev", "--port", str(port), "--ui-port", str(free_port())) as dev:
        yield alone_here
        assert dev.signal(signal.SIGINT) == 0


def line(beginning: str) -> str:
    """The quickstart's line that begins so."""
    (found,) = [line for line in QUICKSTART.splitlines() if line.startswith(beginning)]
    return str(found)


def test_the_quickstart_has_at_most_25_lines_and_does_what_it_says(here: CommandLine) -> None:
    assert len(AGENT.splitlines()) + len(QUICKSTART.splitlines()) <= 25
    assert here.shell(line("orchestrator start")).status == 0
    tasks = here.shell(line("orchestrator tasks"))
    assert "Publish 'Hello'?" in tasks.out, tasks
    assert "group:editors" in tasks.out
    decided = here.shell(line("orchestrator decide"))
    assert decided.status == 0, decided
    assert here.shell(line("orchestrator status")).status == 0


def test_the_quickstart_works_when_it_is_pasted_as_a_block(tmp_path: Path, orchestrator: CommandLine) -> None:
    port = free_port()
    here = alone(orchestrator, tmp_path, port)
    (tmp_path / "agent.py").write_text(AGENT)
    dev = f"orchestrator dev --port {port} --ui-port {free_port()} >dev.log 2>&1 &"
    block = "".join(PASTED).replace("orchestrator dev &", dev)
    ended = here.shell(f"set -e\ntrap 'kill $!; wait $!' EXIT\n{block}")
    assert ended.status == 0, ended
    assert "started hello" in ended.out
    assert "accepted" in ended.out


def test_the_temporal_cli_needs_no_library_of_ours(here: CommandLine) -> None:
    ended = here.shell("set -e\n" + TEMPORAL_CLI)
    assert ended.status == 0, ended
    assert '"approved":true' in ended.out


def test_the_python_client_does_what_it_says(here: CommandLine) -> None:
    imports, _, body = CLIENT.partition("\n\n")
    script = f"import asyncio\n{imports}\n\nasync def main():\n{textwrap.indent(body, '    ')}\nasyncio.run(main())\n"
    (here.folder / "client.py").write_text(script)
    ended = here.shell("python client.py")
    assert "'approved': True" in ended.out, ended


def test_its_pages_and_folders_exist() -> None:
    linked = set(re.findall(r"\]\(([^)#]+)\)", README))
    assert linked
    assert [target for target in linked if not (ROOT / target).exists()] == []
