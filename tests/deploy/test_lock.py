import re
import tomllib
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from tests.deploy.files import DEPLOY, LOCKS, ROOT


def entries(name: str) -> Iterator[tuple[Requirement, list[str]]]:
    """The lock's requirements, each with its hashes."""
    text = re.sub(r"\s*\\\n\s*", " ", (DEPLOY / name).read_text(encoding="utf-8"))
    for line in text.splitlines():
        requirement, *hashes = line.split(" --hash=")
        yield Requirement(requirement), hashes


def versions(name: str) -> dict[NormalizedName, str]:
    """The lock's version of each package."""
    return {canonicalize_name(entry.name): next(iter(entry.specifier)).version for entry, _ in entries(name)}


def wanted(name: str) -> list[Requirement]:
    """What must be in the lock, according to pyproject.toml."""
    described = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = described["project"]
    if name == "build.lock":
        return [Requirement(line) for line in described["build-system"]["requires"]]
    extras = project["optional-dependencies"]
    chosen = (line for extra in Requirement(extras["production"][0]).extras for line in extras[extra])
    return [Requirement(line) for line in (*project["dependencies"], *chosen)]


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_to_a_version_and_its_hashes(name: str) -> None:
    for requirement, hashes in entries(name):
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes), requirement


@pytest.mark.parametrize("name", LOCKS)
def test_no_host_stands_in_a_lock(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    assert not re.findall(r"://|@|--(?:index|extra-index|find-links|trusted)|localhost|/", text)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_agrees_with_pyproject(name: str) -> None:
    pinned = versions(name)
    for requirement in wanted(name):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement} is not in {name}; the Dockerfile says how to renew it"
        assert requirement.specifier.contains(version), f"{name} has {version}, pyproject.toml wants {requirement}"


def test_the_image_has_the_versions_that_the_tests_run_with() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    tested = {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in pins}
    assert {name: tested.get(name) for name in versions("requirements.lock")} == versions("requirements.lock")


def test_nothing_that_is_for_development_reaches_the_image() -> None:
    described = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    development = described["project"]["optional-dependencies"]["dev"] + [
        line for group in described["dependency-groups"].values() for line in group if isinstance(line, str)
    ]
    names = {canonicalize_name(Requirement(line).name) for line in development}
    # The demo and the tests name httpx and pyyaml too, which the engine needs through langgraph; the demo sends mail.
    assert names & set(versions("requirements.lock")) <= {"httpx", "pyyaml", "packaging", "aiosmtplib"}
