import subprocess
import sys

from tests.cli.running import environment

LOADED = """
import sys
import orchestrator.cli.worker, orchestrator.activity.graph_activity
from orchestrator.settings import Settings
from orchestrator.telemetry.spans import interceptors, tracer
from orchestrator.telemetry.prometheus import metrics_runtime
settings = Settings()
assert (interceptors(settings), tracer(settings), metrics_runtime(settings)) == ([], None, None)
print(*(name for name in sys.modules if name.startswith(("opentelemetry.exporter", "temporalio.contrib.open"))))
"""


def test_a_worker_loads_nothing_of_opentelemetry_s() -> None:
    run = [sys.executable, "-c", LOADED]
    assert subprocess.run(run, capture_output=True, text=True, env=environment(), check=True).stdout.split() == []
