"""The examples of docs/schedules.md and docs/retention.md: the code runs, and each command exists."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from orchestrator import Orchestrator
from orchestrator.cli.main import cli
from tests.support.graphs import chain, says

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)


def made(block: str) -> dict[str, Any]:
    found: dict[str, Any] = {"__name__": "tests.schedules.page"}
    exec(block, found)
    return found


def test_the_application_of_the_page_on_schedules_declares_two() -> None:
    [block] = blocks("schedules.md", "python")
    app: Orchestrator = made(block)["app"]
    assert {name: declared.plan.starts for name, declared in app.schedules.items()} == {
        "weekly-report": "report",
        "nightly-retention": "orchestrator.retention",
    }
    assert app.schedules["weekly-report"].plan.thread == "weekly-report"


def test_the_examples_of_the_page_on_retention_register() -> None:
    register, schedule = blocks("retention.md", "python")
    app = Orchestrator("tests")
    made(register)["register"](app, chain(says("one")), chain(says("two")))
    assert app.graphs["trial"].keep == "latest"
    assert "nightly-retention" in made(schedule)["app"].schedules


@pytest.mark.parametrize("page", ["schedules.md", "retention.md"])
def test_each_command_of_the_pages_is_one(page: str) -> None:
    lines = [shlex.split(line) for block in blocks(page, "sh") for line in block.splitlines()]
    assert lines
    for program, *arguments in lines:
        assert program == "orchestrator"
        known(get_command(cli), arguments)


def known(command: Any, arguments: list[str]) -> None:
    """Nothing, if the arguments fit the command, and those of a group its subcommand's."""
    context = command.make_context(command.name, arguments)
    if hasattr(command, "resolve_command"):
        _, inner, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        known(inner, rest)
