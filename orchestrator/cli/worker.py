"""`orchestrator worker`."""

from pathlib import Path

import structlog
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from orchestrator import logs, search_attributes
from orchestrator.app import Orchestrator
from orchestrator.cli import collector
from orchestrator.cli.loading import application
from orchestrator.cli.stopping import Stopping
from orchestrator.connect import connect
from orchestrator.errors import ConfigurationError
from orchestrator.rpc import translated
from orchestrator.settings import Settings, load
from orchestrator.telemetry.prometheus import metrics_runtime
from orchestrator.worker import open_worker

log = structlog.get_logger(__name__)


async def run_worker(app: str | None, config: Path | None, task_queue: str | None) -> None:
    """Serve an application until SIGTERM or SIGINT, then drain.

    Raises:
        ConfigurationError: The application cannot be loaded, or search attributes are missing. *Not retryable.*
        Unreachable: No Temporal server answers. *Retryable.*
    """
    with Stopping() as stopping:
        settings = load()
        logs.configure(settings)
        loaded = application(settings, app, config)
        collector.resume()
        logs.forward_core()
        client = await connect(runtime=metrics_runtime(settings))
        await check_namespace(client, settings)
        await serve(loaded, client, settings, task_queue, stopping)


async def serve(
    app: Orchestrator, client: Client, settings: Settings, task_queue: str | None, stopping: Stopping
) -> None:
    """Poll until told to stop; then stages stop at their next super-step and report how far they came."""
    async with open_worker(app, client, settings, task_queue=task_queue) as worker, worker:
        stopping.serving = True
        log.info("worker started", task_queue=worker.task_queue, graphs=sorted(app.graphs), namespace=client.namespace)
        await stopping.asked.wait()
        log.info("worker drains", seconds=settings.drain_seconds)
    log.info("worker stopped")


async def check_namespace(client: Client, settings: Settings) -> None:
    """Refuse to start where nothing would run, or where an upsert would wedge every workflow.

    Raises:
        NotFound: There is no such namespace. *Not retryable.*
        ConfigurationError: Search attributes are not registered. *Not retryable.*
    """
    with translated(f"Namespace {client.namespace!r}"):
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    if not settings.search_attributes:
        return
    absent = await search_attributes.missing(client)
    if absent == list(search_attributes.OPTIONAL):
        log.info("search attribute is not registered; `orchestrator setup` does it", name=absent[0])
    elif absent:
        raise ConfigurationError(
            f"Search attributes {', '.join(absent)} are not registered in namespace {client.namespace!r}: every "
            "workflow would be stuck. Run `orchestrator setup`, or set ORCHESTRATOR_SEARCH_ATTRIBUTES=false to do "
            "without them."
        )
