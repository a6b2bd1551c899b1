import signal
import socket
from pathlib import Path

import psutil
import pytest

from orchestrator.devserver import free_port
from tests.cli.running import CommandLine


@pytest.fixture
def alone(orchestrator: CommandLine, tmp_path: Path) -> CommandLine:
    """The command line in an empty folder, with no application and no server named."""
    return orchestrator.but(
        tmp_path,
        TEMPORAL_ADDRESS=None,
        ORCHESTRATOR_APP=None,
        ORCHESTRATOR_CHECKPOINTS=None,
        ORCHESTRATOR_LOG_FORMAT="json",
    )


def test_dev_serves_an_application_and_ends_cleanly_on_ctrl_c(alone: CommandLine) -> None:
    port = free_port()
    with alone.serving("dev", "--app", "clinic:app", "--port", str(port), "--ui-port", str(free_port())) as dev:
        assert f"Temporal    127.0.0.1:{port}, namespace default" in dev.said
        assert "Web UI      http://127.0.0.1:" in dev.said
        assert f"export TEMPORAL_ADDRESS=127.0.0.1:{port}" in dev.said
        (server,) = psutil.Process(dev.process.pid).children()
        here = alone.but(TEMPORAL_ADDRESS=f"127.0.0.1:{port}", ORCHESTRATOR_APP="clinic:app")
        assert here("start", "double", "--id", "kept", "--input", '{"dose": 4}', "--wait").json["output"] == {"dose": 8}
        assert dev.signal(signal.SIGINT) == 0
    assert "Traceback" not in dev.said
    assert not server.is_running()
    assert (alone.folder / ".orchestrator" / "temporal.db").exists()
    assert (alone.folder / ".orchestrator" / "checkpoints.db").exists()


def test_dev_without_an_application_serves_alone_and_keeps_its_file(alone: CommandLine) -> None:
    port = free_port()
    here = alone.but(TEMPORAL_ADDRESS=f"127.0.0.1:{port}")
    dev = ("dev", "--port", str(port), "--ui-port", str(free_port()), "--db", "mine.db")
    with alone.serving(*dev, until="no application here") as server:
        assert here("start", "later", "--id", "kept").status == 0
        assert server.signal(signal.SIGINT) == 0
    with alone.serving(*dev, until="no application here") as server:
        assert here("status", "kept", "--json").json["state"] == "running"
        assert server.signal(signal.SIGTERM) == 0


def test_dev_says_which_port_is_taken_and_what_to_do(alone: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        server, ui = alone.each(("dev", "--port", port), ("dev", "--port", str(free_port()), "--ui-port", port))
    assert f"Port {port} is taken" in server.refused()
    assert "--port N" in server.err
    assert "--ui-port N" in ui.refused()


def test_dev_refuses_one_port_for_two(alone: CommandLine) -> None:
    assert "--port and --ui-port are both 7300" in alone("dev", "--port", "7300", "--ui-port", "7300").refused(2)


def test_dev_refuses_a_file_that_another_server_has_also_when_only_that_server_is_left(alone: CommandLine) -> None:
    def dev() -> tuple[str, ...]:
        return ("dev", "--port", str(free_port()), "--ui-port", str(free_port()), "--db", "mine.db")

    with alone.serving(*dev(), until="no application here") as first:
        (server,) = psutil.Process(first.process.pid).children()
        try:
            assert f"mine.db is in use by another dev server (process {server.pid})" in alone(*dev()).refused()
            first.process.kill()
            first.process.wait()
            assert "mine.db is in use" in alone(*dev()).refused()
        finally:
            server.kill()
            server.wait()
    with alone.serving(*dev(), until="no application here") as second:
        assert second.signal(signal.SIGINT) == 0


def test_dev_ends_with_an_error_when_its_server_dies(alone: CommandLine) -> None:
    dev = ("dev", "--port", str(free_port()), "--ui-port", str(free_port()))
    with alone.serving(*dev, until="no application here") as server:
        psutil.Process(server.process.pid).children()[0].kill()
        assert server.process.wait(30) == 1
    assert "ended by itself" in server.said


def test_dev_told_twice_does_not_wait_for_its_nodes(alone: CommandLine) -> None:
    port = str(free_port())
    with alone.serving("dev", "--app", "clinic:app", "--port", port, "--ui-port", str(free_port())) as dev:
        here = alone.but(TEMPORAL_ADDRESS=f"127.0.0.1:{port}")
        assert here("start", "long", "--task-queue", "clinic", "--input", "{}").status == 0
        while not (alone.folder / "long").exists():
            assert dev.process.poll() is None
        (server,) = psutil.Process(dev.process.pid).children()
        dev.process.send_signal(signal.SIGINT)
        while "worker drains" not in dev.said:
            assert dev.process.poll() is None
        assert dev.signal(signal.SIGINT) == 130
    assert not server.is_running()


def test_dev_without_the_temporal_executable_names_the_extra(alone: CommandLine) -> None:
    assert "is no executable" in alone.but(ORCHESTRATOR_TEMPORAL_CLI="no-such-file")("dev").refused()
