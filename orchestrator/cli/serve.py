"""`orchestrator dev`, `worker`, `serve` and `setup`."""

from pathlib import Path
from typing import Annotated

import typer

from orchestrator.cli.lasting import run_lasting
from orchestrator.cli.options import App, AsJson, By, Config, TaskQueue, run


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    for command in (dev, worker, serve, setup):
        cli.command(rich_help_panel="Serve")(command)


def dev(
    *,
    app: App = None,
    config: Config = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, metavar="N", help="Of the Temporal server.")] = 7233,
    ui_port: Annotated[
        int | None, typer.Option("--ui-port", min=1, max=65535, metavar="N", help="Default: the server's + 1000.")
    ] = None,
    db: Annotated[
        Path | None, typer.Option("--db", metavar="FILE", help="Default: .orchestrator/temporal.db, and it is kept.")
    ] = None,
    task_queue: TaskQueue = None,
) -> None:
    """A Temporal dev server with its Web UI, search attributes, checkpoint tables and a worker, in one command.

    Without an application the server runs alone. Ctrl-C ends it cleanly: the worker drains, then the server stops.
    """
    from orchestrator.cli.dev import run_dev

    run_lasting(run_dev(app, config, task_queue=task_queue, port=port, ui_port=ui_port, db=db))


def worker(app: App = None, config: Config = None, task_queue: TaskQueue = None) -> None:
    """A worker against an existing Temporal. SIGTERM or Ctrl-C: it drains, and ends."""
    from orchestrator.cli.worker import run_worker

    run_lasting(run_worker(app, config, task_queue))


def serve(
    *,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help="0: any that is free.")] = 8080,
) -> None:
    """The HTTP door for signed links, inbound webhooks and mail. SIGTERM or Ctrl-C: it answers, and ends."""
    from orchestrator.errors import MissingExtra

    try:
        from orchestrator.serve.run import run_serve
    except ImportError as error:
        raise MissingExtra("`orchestrator serve`", "serve") from error

    run(run_serve(host, port))


def setup(
    *,
    app: App = None,
    config: Config = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what there is to do.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete schedules that the application no longer declares.")
    ] = False,
    by: By = None,
    json: AsJson = False,
) -> None:
    """Register search attributes, create checkpoint tables and declared schedules. Safe to repeat.

    Runs of a schedule are started by whoever created it, unless its declaration says by whom.
    """
    from orchestrator.cli.options import user_if_known
    from orchestrator.cli.setup import run_setup

    run(run_setup(app, config, json=json, dry_run=dry_run, prune=prune, by=user_if_known(by)))
