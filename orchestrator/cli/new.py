"""`orchestrator new`."""

import keyword
import re
import sys
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.errors import Refused

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

NAME = re.compile(r"[a-z](?:[a-z0-9]|[-_](?=[a-z0-9]))*")
TAKEN = {"orchestrator", "tests", "test", "temporalio", "langgraph", "langchain", "pydantic", "pytest"}
SUFFIX = ".tmpl"


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command(rich_help_panel="Serve")(new)


def new(name: Annotated[str, typer.Argument(metavar="NAME", help="Of the project, and of its folder.")]) -> None:
    """A new project: a graph that asks somebody, a workflow around it, and tests that pass."""
    from orchestrator.cli import show

    package = package_of(name)
    folder = Path(name)
    for file in write(folder, name, package):
        show.line(str(file))
    show.remark(f"Next: cd {name}, and what its README.md says.")


def package_of(name: str) -> str:
    """The name of the project's package.

    Raises:
        typer.BadParameter: It would be no package, or hide one that the project needs.
    """
    package = name.replace("-", "_")
    if not NAME.fullmatch(name):
        raise typer.BadParameter(
            f"{name!r} is no project's name: lower-case letters, digits and - are, a letter first."
        )
    if keyword.iskeyword(package) or package in TAKEN | sys.stdlib_module_names:
        raise typer.BadParameter(f"{name!r} is the name of something that Python or the project itself needs.")
    return package


def write(folder: Path, project: str, package: str) -> list[Path]:
    """The files of a new project, once they are written.

    Raises:
        Refused: There is something in the folder. *Not retryable.*
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} exists and is not empty; choose another name, or another folder to stand in.")
    written = []
    for path, source in _templates(files("orchestrator") / "template", Path()):
        parts = [package if part == "package" else part for part in path.parts]
        file = folder.joinpath(*parts[:-1], parts[-1].removesuffix(SUFFIX).replace("gitignore", ".gitignore"))
        file.parent.mkdir(parents=True, exist_ok=True)
        text = Template(source.read_text(encoding="utf-8")).substitute(project=project, package=package)
        file.write_text(text, encoding="utf-8")
        written.append(file)
    return sorted(written)


def _templates(folder: "Traversable", path: Path) -> "list[tuple[Path, Traversable]]":
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _templates(entry, path / entry.name)
        elif entry.name.endswith(SUFFIX):
            found.append((path / entry.name, entry))
    return found
