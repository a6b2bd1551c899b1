"""An environment that holds what was asked for and nothing else, though this one holds everything."""

import os
import sys
import tomllib
import venv
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
OURS = "hybrid-orchestrator"
HERE = Path(sys.prefix)


def environment_with(folder: Path, wanted: Iterable[str]) -> Path:
    """The `python` of a new environment with these requirements and theirs, each linked from this environment.

    Ours are read from `pyproject.toml`: what an extra asks for counts as it is written, not as it was when this
    environment was made.
    """
    venv.create(folder, symlinks=True)
    site = next(folder.glob("lib*/python*/site-packages"))
    (site / "orchestrator").symlink_to(ROOT / "orchestrator")
    for one in closure(wanted):
        for file in one.files or []:
            there = Path(os.path.normpath(file.locate()))
            if one.name == OURS and there.suffix == ".pth":
                continue  # it leads to this whole repository
            here = folder / there.relative_to(HERE)
            if "__pycache__" in there.parts:
                continue
            here.parent.mkdir(parents=True, exist_ok=True)
            # Compiled once, and not again in each new environment.
            for source, link in ((there, here), (there.with_name("__pycache__"), here.with_name("__pycache__"))):
                if source.exists() and not link.exists():
                    link.symlink_to(source)
    return folder / "bin" / "python"


def closure(wanted: Iterable[str]) -> list[Distribution]:
    """What is installed when these requirements are."""
    found: dict[str, Distribution] = {}
    seen: set[str] = set()
    open_ones = list(map(Requirement, wanted))
    while open_ones:
        one = open_ones.pop()
        if str(one) in seen:
            continue
        seen.add(str(one))
        try:
            found[canonicalize_name(one.name)] = distribution(one.name)
        except PackageNotFoundError as error:
            raise AssertionError(f"{one} is asked for and not installed here") from error
        open_ones += requirements_of(one)
    return list(found.values())


def requirements_of(one: Requirement) -> Iterator[Requirement]:
    if one.name == OURS:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        extras = project["optional-dependencies"]
        yield from map(
            Requirement, [*project["dependencies"], *(text for extra in one.extras for text in extras[extra])]
        )
        return
    for text in distribution(one.name).requires or []:
        requirement = Requirement(text)
        if requirement.marker is None or any(
            requirement.marker.evaluate({"extra": extra}) for extra in ("", *one.extras)
        ):
            yield requirement
