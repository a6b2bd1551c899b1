"""What `status` and `watch` show: what the server knows, and what the workflow says of itself if a worker answers."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from orchestrator.cli.show import cell_text, rendered
from orchestrator.client import OrchestratorClient
from orchestrator.errors import GraphFailure, Refused
from orchestrator.info import WorkflowInfo, waited_for
from orchestrator.rpc import NoWorker, WorkflowFailed
from orchestrator.wire import StageInfo, WaitInfo

if TYPE_CHECKING:
    from rich.console import RenderableType

SHOWN_RESULT = 2000
"""Characters of a result for people; `--json` has all of it."""


class Report(WorkflowInfo):
    """Where a workflow stands."""

    stages: list[StageInfo] | None = None
    """None: no worker answered."""
    waits: list[WaitInfo] | None = None
    """None: no worker answered."""
    result: Any = None
    failure: str | None = None
    """Why it did not complete."""
    note: str | None = None
    """What is missing here, and why."""


async def look(client: OrchestratorClient, workflow_id: str) -> Report:
    """Everything that can be known now.

    Raises:
        NotFound: There is no such workflow. *Not retryable.*
    """
    info = await client.describe(workflow_id)
    told = await _told(client, info)
    ended = await _ended(client, info) if not info.open else {}
    return Report.model_validate({**info.model_dump(), **told, **ended})


async def _told(client: OrchestratorClient, info: WorkflowInfo) -> dict[str, Any]:
    """What the workflow says of itself, if a worker answers for it."""
    server = "shown is what the server knows"
    if await client.pollers(info.task_queue) == 0:
        return {"note": f"no worker polls task queue {info.task_queue}; {server}"}
    try:
        status = await client.status(info.workflow_id)
    except NoWorker:
        why = f"its workflow task has failed {info.failing} times, see the worker's log" if info.failing else ""
        return {"note": f"no worker answers{f' ({why})' if why else ''}; {server}"}
    except Refused as error:
        return {"note": f"{error} {server.capitalize()}."}
    return {"state": status.state if info.open else info.state, "stages": status.stages, "waits": status.waits}


async def _ended(client: OrchestratorClient, info: WorkflowInfo) -> dict[str, Any]:
    """How it ended."""
    try:
        return {"result": await client.result(info.workflow_id, run_id=info.run_id)}
    except WorkflowFailed as error:
        return {"failure": str(error)}
    except GraphFailure as error:  # an output that travelled by reference, and its checkpointer is not to be had here
        return {"note": f"its output cannot be read here: {error}"}


def for_people(report: Report) -> "RenderableType":
    """The report on a terminal."""
    from rich.console import Group
    from rich.text import Text

    facts = [
        ("workflow", f"{report.workflow_id}  ({report.workflow_type}, run {report.run_id})"),
        ("state", report.state),
        ("started", f"{cell_text(report.started_at)} on task queue {report.task_queue}"),
        ("ended", report.closed_at),
        ("failure", report.failure),
        ("result", _shortened(report.result)),
        ("note", report.note),
    ]
    parts: list[RenderableType] = [Text(f"{name:9} {cell_text(value)}") for name, value in facts if value is not None]
    if report.stages:
        parts += [Text(), rendered(("stage", "graph", "state", "turn", "steps", "error"), map(_stage, report.stages))]
    if report.activities and (not report.stages or any(item.last_failure for item in report.activities)):
        rows = [(item.type, item.state, item.attempt, item.last_failure) for item in report.activities]
        parts += [Text(), rendered(("activity", "state", "attempt", "last failure"), rows)]
    if report.tasks:
        tasks = [(task.task_id, task.title, waited_for(task) or "anybody", task.due_at) for task in report.tasks]
        parts += [Text(), rendered(("task", "title", "for", "due"), tasks)]
    waits = [wait for wait in report.waits or [] if wait.kind != "task"]
    if waits:
        rows_ = [(wait.kind, wait.name, wait.stage, wait.since, wait.until) for wait in waits]
        parts += [Text(), rendered(("waits for", "name", "stage", "since", "until"), rows_)]
    return Group(*parts)


def on_one_line(report: Report) -> str:
    """The report in a log."""
    stages = ", ".join(f"{stage.name} {stage.state} ({stage.steps} steps)" for stage in report.stages or [])
    tasks = f"{len(report.tasks)} open tasks" if report.tasks else ""
    return "  ".join(filter(None, (f"{datetime.now(UTC):%H:%M:%S}Z", report.state, stages, tasks, report.note)))


def _stage(stage: StageInfo) -> tuple[Any, ...]:
    return stage.name, stage.graph, stage.state, stage.attempt, stage.steps, stage.error


def _shortened(result: Any) -> str | None:
    if result is None:
        return None
    text = json.dumps(result, ensure_ascii=False)
    return (
        text if len(text) <= SHOWN_RESULT else f"{text[:SHOWN_RESULT]}… ({len(text)} characters; --json has them all)"
    )
