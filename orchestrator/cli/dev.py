"""`orchestrator dev`."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import typer
from temporalio.client import Client

from orchestrator import logs, search_attributes
from orchestrator.checkpoints.open import open_store
from orchestrator.cli import collector, show
from orchestrator.cli.loading import application_if_any
from orchestrator.cli.masking import masked
from orchestrator.cli.setup import checkpointers
from orchestrator.cli.stopping import Stopping
from orchestrator.cli.worker import serve
from orchestrator.connect import connection
from orchestrator.devserver import HOST, DevServer, DevServerFailed, dev_server, find_cli
from orchestrator.errors import ConfigurationError
from orchestrator.settings import load
from orchestrator.telemetry.prometheus import metrics_runtime

UI_DISTANCE = 1000
LAST_PORT = 65535
DEFAULT_NAMESPACE = "default"


async def run_dev(
    app: str | None,
    config: Path | None,
    *,
    task_queue: str | None,
    port: int,
    ui_port: int | None,
    db: Path | None,
) -> None:
    """Serve everything until SIGINT or SIGTERM; then the worker drains, and the server stops.

    Raises:
        ConfigurationError: A port is taken, another dev server has the file, or the application cannot be loaded.
            *Not retryable.*
        typer.BadParameter: Both ports are the same.
        MissingExtra: There is no `temporal` executable. *Not retryable.*
        DevServerFailed: The server did not start, or ended by itself. *Not retryable.*
    """
    with Stopping() as stopping:
        settings = load()
        logs.configure(settings)
        application = application_if_any(settings, app, config)
        collector.resume()
        logs.forward_core()
        executable = find_cli(settings.temporal_cli)
        ui_port = ui_port or (port + UI_DISTANCE if port + UI_DISTANCE <= LAST_PORT else port - UI_DISTANCE)
        if ui_port == port:
            raise typer.BadParameter(f"--port and --ui-port are both {port}; give the Web UI one of its own.")
        check_port(port, "--port", "a Temporal dev server that runs already is used with `orchestrator worker`")
        check_port(ui_port, "--ui-port", "the Web UI's")
        file = db or settings.dev_db
        namespace = connection().get("namespace", DEFAULT_NAMESPACE)
        async with (
            dev_server(cli=executable, port=port, ui_port=ui_port, db=file, extra=("--namespace", namespace)) as server,
            _while_it_runs(server),
        ):
            client = await server.client(namespace, runtime=metrics_runtime(settings))
            await search_attributes.register(client)  # also in a file that an older version of ours has made
            announce(server, client, file)
            if application is None:
                show.line("Worker      none, as there is no application here: name one with --app or --config")
                stopping.serving = True
                await stopping.asked.wait()
            else:
                queue = task_queue or settings.task_queue or application.name
                for url in checkpointers(application, settings):
                    async with open_store(url, settings, namespace) as store:
                        await store.setup()  # also what a newer version of ours needs
                    show.line(f"Checkpoints {masked(url)}")
                show.line(f"Worker      {', '.join(sorted(application.graphs))} on task queue {queue}")
                await serve(application, client, settings, queue, stopping)


@contextlib.asynccontextmanager
async def _while_it_runs(server: DevServer) -> AsyncIterator[None]:
    """Leave the block when the server ends.

    Raises:
        DevServerFailed: It did, by itself. *Not retryable.*
    """
    task = asyncio.current_task()

    async def watch() -> None:
        await server.process.wait()
        if task is not None:
            task.cancel()

    watching = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if server.process.returncode is None:
            raise
        raise DevServerFailed(f"The dev server at {server.address} ended by itself.") from None
    finally:
        watching.cancel()


def announce(server: DevServer, client: Client, file: Path) -> None:
    """Say where everything is."""
    show.line(f"Temporal    {server.address}, namespace {client.namespace}")
    show.line(f"Web UI      {server.ui}")
    show.line(f"Database    {file}")
    elsewhere = connection()["target_host"]
    if elsewhere.rpartition(":")[2] != server.address.rpartition(":")[2]:
        show.line(f"Other commands go to {elsewhere}; send them here with: export TEMPORAL_ADDRESS={server.address}")


def check_port(port: int, option: str, hint: str) -> None:
    """Refuse a port that is taken.

    Raises:
        ConfigurationError: It is; the message says what to do. *Not retryable.*
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
            raise ConfigurationError(f"Port {port} {why} ({hint}); choose another with {option} N.") from error
