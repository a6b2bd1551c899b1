import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.deploy.files import DEPLOY

SCRIPTS = sorted(DEPLOY.rglob("*.sh"))


@pytest.mark.parametrize(
    ("tool", "file"),
    [("hadolint", DEPLOY / "Dockerfile"), *(("shellcheck", script) for script in SCRIPTS)],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_what_a_container_runs_passes_its_linter(tool: str, file: Path) -> None:
    linter = shutil.which(tool, path=sysconfig.get_path("scripts")) or shutil.which(tool)
    assert linter, f"{tool} is part of the dependency group `lint`"
    found = subprocess.run([linter, str(file)], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
