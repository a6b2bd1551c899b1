import json
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator.devserver import DevServer
from orchestrator.testing import proxy, worker_process
from tests.cli.running import environment

FAILS_WITH_A_SECRET = """
import logging, sys
from orchestrator import logs
from orchestrator.settings import Settings

logs.configure(Settings(log_format=sys.argv[1]))
secret = chr(115) + "3cret"
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("node").exception("failed")
"""


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_the_variables_of_what_failed_never_stand_in_the_log(log_format: str) -> None:
    run = [sys.executable, "-c", FAILS_WITH_A_SECRET, log_format]
    logged = subprocess.run(run, capture_output=True, text=True, env=environment(), check=True).stderr
    assert "ZeroDivisionError" in logged
    assert "s3cret" not in logged


async def test_what_temporals_core_says_is_a_record_like_any_other(temporal: DevServer, tmp_path: Path) -> None:
    app, path = ("--app", "clinic:app"), environment()["PYTHONPATH"]
    async with (
        proxy(temporal.address) as between,
        worker_process(f"127.0.0.1:{between.port}", tmp_path, *app, PYTHONPATH=path, MENDED="") as worker,
    ):
        with between.outage():
            await worker.until_logged("retried")
        said = [json.loads(line) for line in worker.log.read_text().splitlines(keepends=True) if line.endswith("\n")]
    warning = next(record for record in said if "retried" in record["event"])
    assert (warning["level"], warning["logger"]) == ("warning", "temporalio.core")
    assert "Status {" in warning["error"]
