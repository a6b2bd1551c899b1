"""The worker: the one place where everything is wired together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib.metadata import version

import structlog
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from orchestrator import names
from orchestrator.activity.admit import admitter
from orchestrator.activity.archive import archivist
from orchestrator.activity.blocking import watched_loop
from orchestrator.activity.compiled import compile_graph
from orchestrator.activity.graph_activity import graph_activity
from orchestrator.activity.notify import notifier
from orchestrator.activity.plan import planner
from orchestrator.activity.resolve import Resolver
from orchestrator.activity.retention import retainer
from orchestrator.activity.threads import StageThreads
from orchestrator.app import Orchestrator
from orchestrator.checkpoints.open import open_store
from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.identity.tokens import verifier
from orchestrator.notify.configured import channels_of
from orchestrator.search_attributes import missing
from orchestrator.settings import Settings
from orchestrator.telemetry.gauges import counted
from orchestrator.telemetry.observers import Observers
from orchestrator.telemetry.prometheus import measures_of
from orchestrator.telemetry.spans import interceptors, tracer
from orchestrator.versions.versioning import deployment_config
from orchestrator.workflow import GraphRun
from orchestrator.workflow.retention import Retention

log = structlog.get_logger(__name__)

PASSED_THROUGH = (
    "orchestrator",
    "pydantic",
    "pydantic_core",
    "annotated_types",
    "jsonschema",
    "jsonschema_specifications",
    "referencing",
    "rpds",
    "attrs",
    "attr",
    "langgraph",
    "langchain_core",
    "langsmith",
    "structlog",
    "opentelemetry",
)
"""Modules that the workflow sandbox shares instead of importing anew for each workflow: they keep no workflow state."""

BUILD_ID = f"hybrid-orchestrator-{version('hybrid-orchestrator')}"
"""What the events of a worker without versioning carry, where `ORCHESTRATOR_BUILD_ID` says nothing."""

HEARTBEAT_THROTTLE = timedelta(seconds=1)
"""A cancelled activity hears of it at a heartbeat; the default throttle would tell it after 22 s."""


@contextlib.asynccontextmanager
async def open_worker(
    app: Orchestrator,
    client: Client,
    settings: Settings,
    *,
    task_queue: str | None = None,
    sandboxed: bool = True,
) -> AsyncIterator[Worker]:
    """A worker with its stores open and its tables there; enter it or `run()` it to start polling.

    Raises:
        ConfigurationError: A graph cannot be built, or the keys for tokens or the version make no sense. *Not
            retryable.*
        MissingExtra: There are keys for tokens, a channel for notices, or traces, whose extra is not installed. *Not
            retryable.*
        StoreUnavailable: A checkpointer's database does not answer. *Retryable.*
    """
    queue = task_queue or settings.task_queue or app.name
    versioned = deployment_config(app, settings)
    measures = measures_of(client, queue)
    observers = Observers(measures, tracer(settings))
    threads = StageThreads(settings.node_threads)
    asyncio.get_running_loop().set_default_executor(threads)
    async with watched_loop(), contextlib.AsyncExitStack() as stack:
        channels = channels_of(app, settings)
        keeper = app.checkpointer or settings.checkpoints
        stores = await _open_stores(app, settings, client.namespace, stack)
        resolver = Resolver(
            app,
            search_attributes=settings.search_attributes,
            since_attribute=settings.search_attributes and names.ORCH_SINCE not in await missing(client),
            docs_url=settings.docs_url,
            channels=[each.info() for each in channels],
        )
        activities = [resolver.activity()]
        if channels:
            activities.append(notifier(channels, stores[keeper], measures))
        activities.append(archivist(stores[keeper]))
        activities.append(planner({**settings.calendars, **app.calendars}))
        verifies = verifier(settings)
        if verifies is not None:
            stack.callback(verifies.close)
        activities.append(admitter(verifies, {store.name: store for store in stores.values()}))
        activities.append(retainer(app, settings, {store.name: store for store in stores.values()}))
        for definition in app.graphs.values():
            compiled = await compile_graph(definition, stores[definition.checkpointer or settings.checkpoints])
            by_name = {store.name: store for store in stores.values()}
            activities.append(graph_activity(compiled, threads, by_name, settings.drain, observers))
        if settings.metrics_bind is not None and settings.search_attributes:
            await stack.enter_async_context(counted(client, measures, settings.metrics_count_seconds))
        runner: WorkflowRunner = UnsandboxedWorkflowRunner()
        if sandboxed:
            restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
            runner = SandboxedWorkflowRunner(restrictions=restrictions)
        yield Worker(
            client,
            task_queue=queue,
            deployment_config=versioned,
            # By default it is a hash of the code of every module that is loaded: a quarter of a worker's start.
            build_id=None if versioned else settings.build_id or BUILD_ID,
            interceptors=[*interceptors(settings, client), resolver],
            workflows=[GraphRun, Retention, *app.workflows],
            activities=[*activities, *app.activities],
            activity_executor=stack.enter_context(ThreadPoolExecutor(settings.max_stages, "activity")),
            workflow_runner=runner,
            max_concurrent_activities=settings.max_stages,
            max_cached_workflows=settings.cached_workflows,
            max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
            graceful_shutdown_timeout=settings.drain,
            sticky_queue_schedule_to_start_timeout=timedelta(seconds=settings.sticky_timeout_seconds),
        )


async def _open_stores(
    app: Orchestrator, settings: Settings, namespace: str, stack: contextlib.AsyncExitStack
) -> dict[str, CheckpointStore]:
    """One open store per URL, its tables there."""
    stores: dict[str, CheckpointStore] = {}
    own = {app.checkpointer or settings.checkpoints}  # where no graph needs it, large answers and notices do
    for url in own | {definition.checkpointer or settings.checkpoints for definition in app.graphs.values()}:
        stores[url] = await stack.enter_async_context(open_store(url, settings, namespace))
        await stores[url].prepare()
    return stores
