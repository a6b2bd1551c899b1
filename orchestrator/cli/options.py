"""Options that several commands share, and what becomes of their values."""

import asyncio
import getpass
import json
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from orchestrator.cli import collector

if TYPE_CHECKING:
    from orchestrator.client import OrchestratorClient

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

EXAMPLE = "2026-01-31T09:00:00+01:00"
OPTIONS = {
    "name": "NAME",
    "task_id": "--task",
    "checkpoint_id": "--checkpoint",
    "assignees": "--to",
    "calendars": "--calendar",
    "time_zone": "--timezone",
}
"""Fields of messages that are called otherwise at the command line."""


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine to its end."""
    collector.resume()
    return asyncio.run(coroutine)


async def connected(task_queue: str | None = None, checkpoints: str | None = None) -> "OrchestratorClient":
    """Our client, connected.

    Raises:
        Unreachable: No Temporal server answers. *Retryable.*
    """
    from orchestrator import names
    from orchestrator.client import OrchestratorClient

    return await OrchestratorClient.connect(task_queue=task_queue or names.DEFAULT_TASK_QUEUE, checkpoints=checkpoints)


def build(model: type[M], **fields: Any) -> M:
    """A message from the values of options.

    Raises:
        typer.BadParameter: A value does not fit.
    """
    try:
        return model(**fields)
    except ValidationError as error:
        raise typer.BadParameter(complaints(error, model, _option)) from error


def complaints(error: ValidationError, model: type[BaseModel], called: Callable[[str], str]) -> str:
    """What is wrong with each field that was typed, in one line.

    Args:
        error: What pydantic says.
        model: What was to be made.
        called: From a field's name to what people call it.
    """
    from orchestrator.model import plain

    found = []
    for item in error.errors(include_url=False):
        field, *inside = map(str, item["loc"] or ("",))
        known = (
            f"; there are: {', '.join(model.model_fields)}" if item["type"] == "extra_forbidden" and not inside else ""
        )
        place = ".".join(filter(None, (called(field) if field else "", *inside)))
        found.append(f"{f'{place}: ' if place else ''}{plain(item)}{known}")
    return f"{'; '.join(found)}."


def _option(field: str) -> str:
    """The option, or the argument, that fills a field of a message."""
    return OPTIONS.get(field) or f"--{field.replace('_', '-')}"


def json_value(given: str) -> Any:
    """The JSON of an option: written out, in a file (`@FILE`), or from standard input (`@-`).

    Raises:
        typer.BadParameter: It cannot be read, or is no JSON.
    """
    where, content = "", given
    if given.startswith("@"):
        where, content = f"{given[1:]}: ", _read(given[1:])
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        hint = "" if where else '; quote it for the shell: \'{"name": "value"}\', or write it to a file and give @FILE'
        raise typer.BadParameter(
            f"{where}not JSON: {error.msg} at line {error.lineno}, column {error.colno}{hint}."
        ) from error


def _read(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).expanduser().read_text(encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"{name} cannot be read: it is not UTF-8.") from error


def json_object(given: str) -> Any:
    """The same, if it is an object.

    Raises:
        typer.BadParameter: It is something else.
    """
    value = json_value(given)
    if not isinstance(value, dict):
        raise typer.BadParameter(f"a JSON object is expected, not {given[:60]}.")
    return value


def token_value(given: str) -> str:
    """The token of an option: written out, in a file (`@FILE`), or from standard input (`@-`).

    Raises:
        typer.BadParameter: It cannot be read, or is none.
    """
    token = (_read(given[1:]) if given.startswith("@") else given).strip()
    if not token or len(token.split()) > 1:
        raise typer.BadParameter("there is no token there.")
    return token


def filled(given: str) -> str:
    """The text of an option that is there to say something.

    Raises:
        typer.BadParameter: It is empty.
    """
    if not given.strip():
        raise typer.BadParameter("it is empty; leave the option out instead.")
    return given


def moment(given: str) -> datetime:
    """The moment of an option: a date (its first second in UTC), or a date and a time of day with a time zone.

    Raises:
        typer.BadParameter: It is no moment.
    """
    try:
        found = datetime.fromisoformat(given)
    except ValueError as error:
        raise typer.BadParameter(f"{given!r} is no time; write it as {EXAMPLE}.") from error
    if found.tzinfo is None and len(given) > len("2026-01-31"):
        raise typer.BadParameter(f"{given!r} has no time zone; write {given}Z or {given}+01:00.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def user(given: str | None) -> str:
    """Who does something: as said, else the user of this machine.

    Raises:
        typer.BadParameter: This machine does not say, or nobody is said.
    """
    known = user_if_known(given)
    if known is None:
        raise typer.BadParameter("this machine has no name for its user; say who with --by NAME.")
    return known


def user_if_known(given: str | None) -> str | None:
    """The same; None where this machine does not say.

    Raises:
        typer.BadParameter: Nobody is said.
    """
    if given is not None:
        if not given.strip():
            raise typer.BadParameter("--by is empty; say who.")
        return given
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return None


WorkflowId = Annotated[str, typer.Argument(metavar="ID", help="The workflow's id.")]
App = Annotated[str | None, typer.Option("--app", metavar="MODULE:NAME", help="The application object.")]
Config = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="A langgraph.json.")]
TaskQueue = Annotated[
    str | None, typer.Option("--task-queue", metavar="NAME", help="Default: the application's name, or `orchestrator`.")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
By = Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who says so. Default: you.")]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        metavar="JWT|@FILE",
        parser=token_value,
        help="Proves who you are, where a task asks for it; @- reads stdin.",
    ),
]
TaskId = Annotated[str | None, typer.Option("--task", metavar="ID", help="Default: the one open task.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why; it stands in the audit trail.")]
Input = Annotated[
    Any, typer.Option("--input", metavar="JSON|@FILE", parser=json_value, help="Its input; @- reads standard input.")
]
GraphContext = Annotated[
    Any, typer.Option("--context", metavar="JSON|@FILE", parser=json_object, help="LangGraph's static context.")
]
GraphOptions = Annotated[
    Any,
    typer.Option(
        "--options",
        metavar="JSON|@FILE",
        parser=json_object,
        help="Time-outs, retries, durability: over the graph's own.",
    ),
]
Values = Annotated[
    Any,
    typer.Option("--values", metavar="JSON|@FILE", parser=json_value, help="What the form asks for; @- reads stdin."),
]
Timeout = Annotated[
    float, typer.Option("--timeout", min=0.1, metavar="SECONDS", help="How long to wait for a worker to take it.")
]
AsGraph = Annotated[bool, typer.Option("--graph", help="The name is a graph's.")]
AsWorkflow = Annotated[bool, typer.Option("--workflow", help="The name is a workflow type's.")]
