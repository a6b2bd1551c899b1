import builtins
import socket
import subprocess
import sys
from typing import Any

import pytest

from orchestrator.devserver import DevServer
from orchestrator.errors import ConfigurationError, MissingExtra
from orchestrator.settings import Settings
from orchestrator.telemetry import spans
from orchestrator.telemetry.prometheus import metrics_runtime
from tests.cli.running import CommandLine

WITHOUT_GRPC = """
import sys
sys.modules["opentelemetry.exporter.otlp.proto.grpc.trace_exporter"] = None
from orchestrator.telemetry.tracing import provider
from orchestrator.errors import ConfigurationError
try:
    provider("grpc")
except ConfigurationError as error:
    print(error)
"""


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        bind = f"127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(ConfigurationError, match=f"ORCHESTRATOR_METRICS_BIND='{bind}': .*one port for each worker"):
            metrics_runtime(Settings(metrics_bind=bind))


def test_so_is_what_is_no_address() -> None:
    with pytest.raises(ConfigurationError, match="Write ADDRESS:PORT"):
        metrics_runtime(Settings(metrics_bind="9464"))


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, *arguments: Any) -> Any:
        if name == "orchestrator.telemetry.tracing":
            raise ImportError(name)
        return imported(name, *arguments)

    imported = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingExtra, match=r"hybrid-orchestrator\[telemetry\]"):
        spans.interceptors(Settings(telemetry="otlp"))


def test_a_protocol_whose_exporter_is_not_installed_is_named() -> None:
    said = subprocess.run([sys.executable, "-c", WITHOUT_GRPC], capture_output=True, text=True, check=True).stdout
    assert said.startswith("OTEL_EXPORTER_OTLP_PROTOCOL=grpc needs opentelemetry-exporter-otlp-proto-grpc")


def test_a_worker_says_so_in_one_line_and_ends(orchestrator: CommandLine, temporal: DevServer) -> None:
    refused = orchestrator.but(ORCHESTRATOR_METRICS_BIND="nonsense")("worker").refused()
    assert "ORCHESTRATOR_METRICS_BIND='nonsense'" in refused
