"""The entry point: one line per error, and the exit status that was meant."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from orchestrator.errors import OrchestratorError

cli = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

App = Annotated[str | None, typer.Option("--app", metavar="MODULE:NAME", help="The application object.")]
Config = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="A langgraph.json.")]


def run(coroutine: Coroutine[Any, Any, Any]) -> None:
    """Run a command's coroutine."""
    asyncio.run(coroutine)


@cli.callback()
def _root() -> None:
    """Run LangGraph agents on Temporal."""


@cli.command()
def worker(
    app: App = None,
    config: Config = None,
    task_queue: Annotated[str | None, typer.Option(help="Default: the application's name.")] = None,
) -> None:
    """Run a worker against an existing Temporal."""
    from orchestrator.cli.worker import run_worker

    run(run_worker(app, config, task_queue))


@cli.command()
def setup() -> None:
    """Register search attributes."""
    from orchestrator.connect import connect
    from orchestrator.search_attributes import register

    async def go() -> None:
        await register(await connect())

    run(go())


def main() -> NoReturn:
    """Run the command line."""
    status = 0
    try:
        cli(standalone_mode=True)
    except SystemExit as exit_:
        status = exit_.code if isinstance(exit_.code, int) else 0 if exit_.code is None else 1
    except OrchestratorError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    # On Python 3.11 a process that has used a Temporal client aborts at interpreter exit in up to a third of runs:
    # its own exit status would be lost.
    os._exit(status)
