import subprocess
import sys

import pytest

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
