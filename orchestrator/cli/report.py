"""What `status` and `watch` show: what the server knows, and what the workflow says of itself if a worker answers."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import Field

from orchestrator.cli.show import cell_text, count, from_now, rendered
from orchestrator.client import OrchestratorClient
from orchestrator.errors import GraphFailure, Refused
from orchestrator.history.past import over
from orchestrator.info import ActivityInfo, WorkflowInfo
from orchestrator.markdown import one_line
from orchestrator.rpc import Failing, NoWorker, WorkflowFailed
from orchestrator.wire import StageInfo, WaitInfo

if TYPE_CHECKING:
    from rich.console import RenderableType

LONGEST_LINE = 1000
STAGE_COLUMNS = ("stage", "graph", "state", "since", "turn", "steps", "at", "error")
ACTIVITY_COLUMNS = ("activity", "state", "attempt", "at", "next attempt", "last failure")
SHOWN_RESULT = 2000
"""Characters of a result for people; `--json` has all of it."""


class StageReport(StageInfo):
    """Where a stage stands."""

    nodes: list[str] = Field(default_factory=list)
    """Where no worker answered: the nodes that failed, wait, or run next. Else the activities have those that run."""


class Report(WorkflowInfo):
    """Where a workflow stands."""

    stages: list[StageReport] | None = None
    """None: it is no workflow of ours."""
    waits: list[WaitInfo] | None = None
    """None: no worker answered."""
    result: Any = None
    failure: str | None = None
    """Why it did not complete."""
    note: str | None = None
    """What is missing here, and why."""


async def look(client: OrchestratorClient, workflow_id: str, before: Report | None = None) -> Report:
    """Everything that can be known now.

    Args:
        client: Of the server.
        workflow_id: The workflow.
        before: What was known a moment ago: a history that has not grown is not read again.

    Raises:
        NotFound: There is no such workflow. *Not retryable.*
    """
    info = await client.describe(workflow_id)
    told = await _told(client, info, before)
    ended = await _ended(client, info) if not info.open else {}
    report = Report.model_validate({**info.model_dump(exclude_unset=True), **told, **ended})
    if report.stages is None:
        return report
    return report.model_copy(update={"stages": [reached(report, stage, before) for stage in report.stages]})


def reached(report: Report, stage: StageReport, before: Report | None) -> StageReport:
    """A stage with the steps that its activity has gone; an attempt that has just begun says nothing of those yet."""
    running = _running(report, stage)
    earlier = [one.steps for one in (before and before.stages) or [] if (one.name, one.attempt) == _turn(stage)]
    return stage.model_copy(update={"steps": max(stage.steps, (running and running.steps) or 0, *earlier)})


def _turn(stage: StageReport) -> tuple[str, int]:
    return stage.name, stage.attempt


async def _told(client: OrchestratorClient, info: WorkflowInfo, before: Report | None) -> dict[str, Any]:
    """What the workflow says of itself, if a worker answers for it; else what is written down of its stages."""
    if await client.pollers(info.task_queue) == 0:
        return await _written(client, info, before, f"no worker polls task queue {info.task_queue}")
    try:
        status = await client.status(info.workflow_id)
    except Failing as error:
        return await _written(client, info, before, str(error).rstrip("."))
    except NoWorker:
        return await _written(client, info, before, "no worker answers")
    except (Refused, GraphFailure) as error:  # of an ended one that is no news: it says how it ended
        return {"note": f"{error} Shown is what the server knows."} if info.open else {}
    if not info.open:
        return {"stages": [over(stage, info).model_dump() for stage in status.stages], "waits": []}
    return {"state": status.state, "stages": [stage.model_dump() for stage in status.stages], "waits": status.waits}


async def _written(
    client: OrchestratorClient, info: WorkflowInfo, before: Report | None, because: str
) -> dict[str, Any]:
    note = f"{because}; shown is what the server and the checkpointer know"
    if before is not None and (before.run_id, before.history_length) == (info.run_id, info.history_length):
        return {"stages": before.stages, "note": before.note if (before.note or "").startswith(note) else note}
    from orchestrator.cli.history import checkpointer
    from orchestrator.history.standing import standing
    from orchestrator.history.timeline import Checkpoints

    missing: list[str] = []
    async with Checkpoints(checkpointer(None, None, missing.append), missing.append) as checkpoints:
        found = await standing(client, info, checkpoints, missing.append)
    stages = [one.info.model_dump() | {"nodes": one.nodes} for one in found]
    return {"stages": stages, "note": ". ".join([note, *missing])}


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
        parts += [Text(), rendered(STAGE_COLUMNS, (_stage(report, stage) for stage in report.stages))]
    activities = [item for item in report.activities if not report.stages or item.last_failure or item.attempt > 1]
    if activities:
        parts += [Text(), rendered(ACTIVITY_COLUMNS, map(_activity, activities))]
    if report.tasks:
        tasks = [
            (task.task_id, task.title, task.waits_for or "anybody", task.due_at, from_now(task.due_at))
            for task in report.tasks
        ]
        parts += [Text(), rendered(("task", "title", "for", "due", ""), tasks)]
    waits = [wait for wait in report.waits or [] if wait.kind != "task"]
    if waits:
        rows_ = [(wait.kind, wait.name, wait.stage, wait.since, wait.until, from_now(wait.until)) for wait in waits]
        parts += [Text(), rendered(("waits for", "name", "stage", "since", "until", ""), rows_)]
    return Group(*parts)


def on_one_line(report: Report) -> str:
    """The report in a log."""
    stages = ", ".join(_in_short(report, stage) for stage in report.stages or [])
    retried = [
        f"attempt {item.attempt} of {item.type}{_next(item)}{f': {item.last_failure}' if item.last_failure else ''}"
        for item in report.activities
        if item.attempt > 1 or item.last_failure
    ]
    tasks = count(len(report.tasks), "open task") if report.tasks else ""
    due = f"next due {cell_text(report.due_at)}" if report.due_at else ""
    parts = (report.state, stages, *retried, tasks, due, report.note)
    return one_line(f"{datetime.now(UTC):%H:%M:%S}Z {'; '.join(filter(None, parts))}", LONGEST_LINE)


def _stage(report: Report, stage: StageReport) -> tuple[Any, ...]:
    steps, at = _place(report, stage)
    return stage.name, stage.graph, stage.state, stage.since, stage.attempt, steps, at, stage.error


def _place(report: Report, stage: StageReport) -> tuple[int, list[str]]:
    """How many steps it has gone, and the nodes it is at."""
    running = _running(report, stage)
    return stage.steps, running.nodes if running else stage.nodes


def _in_short(report: Report, stage: StageReport) -> str:
    (steps, nodes), error = _place(report, stage), stage.error
    at = f" at {', '.join(nodes)}" if nodes else ""
    return f"{stage.name} {stage.state}{at} ({count(steps, 'step')}){f': {error}' if error else ''}"


def _running(report: Report, stage: StageInfo) -> ActivityInfo | None:
    """The activity of a stage, as long as it runs. One that has not beaten yet does not say whose it is."""
    if stage.state != "running":
        return None
    own = [item for item in report.activities if item.stage == stage.name]
    return next(
        iter(own or (item for item in report.activities if item.stage is None and item.type == stage.graph)), None
    )


def _activity(item: ActivityInfo) -> tuple[Any, ...]:
    attempt = f"{item.attempt} of {item.maximum_attempts}" if item.maximum_attempts else item.attempt
    due = f"{cell_text(item.next_attempt_at)} ({from_now(item.next_attempt_at)})" if item.next_attempt_at else None
    return item.stage or item.type, item.state, attempt, item.nodes, due, item.last_failure


def _next(item: ActivityInfo) -> str:
    return f" at {cell_text(item.next_attempt_at)}" if item.next_attempt_at else ""


def _shortened(result: Any) -> str | None:
    if result is None:
        return None
    text = json.dumps(result, ensure_ascii=False)
    return (
        text if len(text) <= SHOWN_RESULT else f"{text[:SHOWN_RESULT]}… ({len(text)} characters; --json has them all)"
    )
