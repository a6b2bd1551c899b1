import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.mark.timeout(180)
def test_a_killed_worker_costs_no_reading_and_every_sentence_says_what_it_cites(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    arguments = [sys.executable, "-m", "demo.research"]
    ran = subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.strip().startswith("# How do generators and coroutines work in Python?")
    assert "killed (SIGKILL) in the middle of" in ran.stderr
    assert "olga raises it to" in ran.stderr
    assert "Nothing was read twice, and nothing misquoted." in ran.stderr
    assert not list((tmp_path / ".orchestrator" / "demo-research").iterdir())
