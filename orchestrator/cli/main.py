"""The entry point: every error is one line, and every command ends with the exit status that was meant."""

import asyncio
import importlib.metadata
import inspect
import logging
import os
import sys
import traceback
from typing import Annotated, NoReturn

import typer

from orchestrator.cli import (
    assign,
    audit,
    collector,
    compat,
    decide,
    doctor,
    event,
    fork,
    graphs,
    history,
    look,
    new,
    operate,
    recover,
    retention,
    schedule,
    secrets,
    serve,
    start,
    tasks,
)
from orchestrator.cli.show import harmless
from orchestrator.errors import OrchestratorError
from orchestrator.telemetry.flushing import flush

DONE, FAILED, INTERRUPTED = 0, 1, 130

cli = typer.Typer(
    name="orchestrator",
    help="Run LangGraph agents on Temporal.",
    epilog="Settings: ORCHESTRATOR_*, and Temporal's own TEMPORAL_* variables and profiles. Exit status: 0 done, "
    "1 refused or failed, 2 wrong usage.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@cli.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"orchestrator {importlib.metadata.version('hybrid-orchestrator')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        context.fail("Missing command.")


for group in (
    serve,
    new,
    start,
    schedule,
    look,
    history,
    tasks,
    audit,
    graphs,
    decide,
    assign,
    event,
    operate,
    recover,
    fork,
    retention,
    secrets,
    compat,
    doctor,
):
    group.register(cli)


def _unwrap(application: typer.Typer) -> None:
    """Have the paragraphs of help texts as wide as the terminal, and not as the source."""
    for command in application.registered_commands:
        paragraphs = inspect.cleandoc(getattr(command.callback, "__doc__", None) or "").split("\n\n")
        command.help = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    for sub in application.registered_groups:
        if sub.typer_instance is not None:
            _unwrap(sub.typer_instance)


_unwrap(cli)


def main() -> NoReturn:
    """Run the command line."""
    collector.pause()  # until the command's modules are there
    status = _run()
    flush()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:  # the reader, `head` for one, had enough
        pass
    # On Python 3.11 a process that has used a Temporal client aborts at interpreter exit in up to a third of runs:
    # its own exit status would be lost.
    os._exit(status)


def _run() -> int:
    # What a library warns of (a connection pool, of each attempt) would stand beside the one line that says what is
    # wrong. Serving commands configure logging anew.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        # Not typer's standalone mode: it prints usage errors over several lines.
        status = cli(prog_name="orchestrator", standalone_mode=False)
    except typer.TyperException as error:
        _explain(error)
        _complain(f"{error.format_message()}{_hint(error)}")
        return error.exit_code
    except OrchestratorError as error:
        _complain(str(error))
        return FAILED
    except BrokenPipeError:
        return FAILED
    except (KeyboardInterrupt, asyncio.CancelledError, typer.Abort):
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - a bug of ours; shown whole, and with a status of our own (see `main`)
        traceback.print_exc()
        return FAILED
    return status if isinstance(status, int) else DONE


def _complain(message: str) -> None:
    line = harmless(" ".join(message.split()))
    if line:  # empty where the help has been shown in its place
        typer.echo(f"error: {line}", err=True)


def _explain(error: typer.TyperException) -> None:
    """Say in plain words what typer says in pydantic's."""
    from pydantic import ValidationError

    from orchestrator.model import plain

    cause = error.__cause__
    if isinstance(cause, ValidationError) and error.message == (first := cause.errors()[0])["msg"]:
        error.message = plain(first)
    # Its own full stop comes after the question mark.
    error.message = error.message.rstrip(".") if error.message.endswith("?.") else error.message


def _hint(error: typer.TyperException) -> str:
    context: typer.Context | None = getattr(error, "ctx", None)
    message = error.format_message()
    if context is None or not message:
        return ""
    return f"{'' if message.endswith(('.', '?')) else '.'} See `{context.command_path} --help`."
