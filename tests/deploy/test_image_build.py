"""What the image's build does, without a container engine: the Dockerfile's own steps, in another folder."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from orchestrator.devserver import DevServer
from tests.deploy.files import DEPLOY, ROOT, services, stage

USER = 10001
"""The image's."""
SYSTEM_PYTHON = Path("/usr/bin/python3")


def reachable(file: Path) -> bool:
    """Whether every user can run it: a Python in somebody's home folder is of no use to the image's user."""
    real = file.resolve()
    return real.exists() and all(folder.stat().st_mode & 0o001 for folder in (real, *real.parents))


def interpreter() -> tuple[Path, bool]:
    """The Python that stands for the base image's, and whether the image's user can be tried with it."""
    for candidate in (Path(sys.executable), SYSTEM_PYTHON):
        if os.getuid() == 0 and reachable(candidate) and supported(candidate):
            return candidate, True
    return Path(sys.executable), False


def supported(python: Path) -> bool:
    """Whether the project runs on it."""
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([str(python), "-c", check], check=False).returncode == 0


PYTHON, OTHER_USER = interpreter()

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    """A folder that stands for the image's root, once the stage `build` has run in it."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # another user must get through
        build(folder)
        shutil.copytree(DEPLOY / "app", folder / "app")
        read_only = [path for path in folder.rglob("*") if not path.is_symlink()]
        for path in read_only:
            path.chmod(path.stat().st_mode & ~0o222)
        yield folder
        for path in read_only:  # so that it can be deleted by whoever is not root
            path.chmod(path.stat().st_mode | 0o200)


def build(root: Path) -> None:
    """Run COPY and RUN of the stage `build`, with this Python in place of the base image's."""
    tools = root / "tools"
    tools.mkdir()
    for tool, command in (("python", str(PYTHON)), ("pip", f"{sys.executable} -m pip")):
        (tools / tool).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        (tools / tool).chmod(0o755)
    source = root / "src"
    source.mkdir()
    for instruction in stage("build").instructions:
        if instruction.word == "COPY":
            copy(instruction.words, source)
        elif instruction.word == "RUN":
            line = " ".join(word for word in instruction.words if not word.startswith("--mount"))
            for folder in ("/opt/", "/dist"):
                line = line.replace(folder, f"{root}{folder}")
            environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
            done = subprocess.run(
                ["sh", "-c", line], cwd=source, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{line}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"


def copy(words: list[str], source: Path) -> None:
    """`COPY FROM... TO`, from the build's context."""
    *wanted, target = words
    for pattern in wanted:
        for found in ROOT.glob(pattern):
            into_folder = target.endswith(("/", "."))
            to = source / target / found.name if into_folder else source / target
            to.parent.mkdir(parents=True, exist_ok=True)
            if found.is_dir():
                shutil.copytree(found, to, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(found, to)


def as_the_user() -> list[str]:
    """What runs a command as the image's user, or as nobody else where only root could."""
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"] if OTHER_USER else []


def run(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The entry point as the image's user, who owns nothing here."""
    return subprocess.run(
        [*as_the_user(), str(root / "opt" / "orchestrator" / "bin" / "orchestrator"), *arguments],
        cwd=root / "app",
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(root / "app"),
            "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_nobody_who_runs_it_can_write_there(root: Path) -> None:
    python = root / "opt" / "orchestrator" / "bin" / "python"
    writes = ["import pathlib, sys; pathlib.Path(sys.prefix, 'written').touch()"]
    done = subprocess.run([*as_the_user(), str(python), "-c", *writes], capture_output=True, text=True, check=False)
    assert "PermissionError" in done.stderr


def test_the_entry_point_starts_as_a_user_who_can_write_nowhere(root: Path) -> None:
    found = run(root, "worker", "--help")
    assert found.returncode == 0, found.stderr


def test_a_worker_that_finds_no_temporal_says_so_in_one_line(root: Path) -> None:
    found = run(
        root,
        "worker",
        TEMPORAL_ADDRESS="127.0.0.1:1",
        ORCHESTRATOR_APP="hello:app",
        ORCHESTRATOR_CHECKPOINTS="memory://",
    )
    assert found.returncode == 1
    assert "127.0.0.1:1" in found.stderr
    assert len(found.stderr.splitlines()) == 1, found.stderr


def test_the_health_check_passes_without_a_temporal_cli(root: Path, temporal: DevServer) -> None:
    """It belongs to the `dev` extra, which the image does without."""
    found = run(
        root,
        *services()["worker"]["healthcheck"]["test"][2:],
        TEMPORAL_ADDRESS=temporal.address,
        ORCHESTRATOR_APP="hello:app",
        ORCHESTRATOR_CHECKPOINTS="memory://",
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_no_pip_and_no_tool_of_the_build_is_left_in_what_the_image_takes_over(root: Path) -> None:
    taken = {path.name for path in (root / "opt" / "orchestrator" / "bin").iterdir()}
    assert "orchestrator" in taken
    assert not {"pip", "pip3", "hatchling", "temporal", "pytest"} & taken
