import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.running import CommandLine
from tests.support.environments import environment_with

DATABASES = """
import pytest
from orchestrator.checkpoints.open import open_store


@pytest.mark.parametrize("url", ["postgres_url", "redis_url", "sqlite_url"])
async def test_a_checkpointer_is_there(url: str, request: pytest.FixtureRequest) -> None:
    async with open_store(request.getfixturevalue(url)) as store:
        await store.setup()
"""


@pytest.fixture
def project(orchestrator: CommandLine) -> Path:
    made = orchestrator("new", "news-desk")
    assert made.status == 0, made
    return orchestrator.folder / "news-desk"


def checked(python: Path | str, *check: str, within: Path, line: CommandLine) -> None:
    ended = subprocess.run(
        [str(python), "-m", *check],
        cwd=within,
        env=dict(line.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.timeout(180)  # three workers and four servers start in it
def test_a_new_project_passes_its_tests_with_nothing_installed_but_what_it_asks_for(
    project: Path, orchestrator: CommandLine, tmp_path: Path
) -> None:
    asked = tomllib.loads((project / "pyproject.toml").read_text())
    python = environment_with(tmp_path / "env", asked["project"]["dependencies"] + asked["dependency-groups"]["dev"])
    (project / "tests" / "test_databases.py").write_text(DATABASES)
    checked(python, "pytest", "-q", "-p", "no:cacheprovider", within=project, line=orchestrator)


def test_a_new_project_is_formatted_and_has_nothing_that_a_linter_minds(
    project: Path, orchestrator: CommandLine
) -> None:
    for check in (("ruff", "check"), ("ruff", "format", "--check")):
        checked(sys.executable, *check, within=project, line=orchestrator)
