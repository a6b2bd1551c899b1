import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.mark.timeout(180)
def test_a_killed_worker_costs_no_mail_and_no_reply(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    arguments = [sys.executable, "-m", "demo.follow_up", "--customers", "12"]
    ran = subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "killed (SIGKILL) after" in ran.stdout
    assert "Nothing was lost or done twice." in ran.stdout
    assert not list((tmp_path / ".orchestrator" / "demo-follow-up").iterdir())
