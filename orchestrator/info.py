"""What Temporal's server itself knows of a workflow of ours: its status, our search attributes and our memo."""

from datetime import UTC, datetime
from typing import Any, Self

from pydantic import Field, SerializationInfo, ValidationError, field_serializer
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import WorkflowExecution, WorkflowExecutionDescription, WorkflowExecutionStatus

from orchestrator import names
from orchestrator.errors import GraphFailure, Refused
from orchestrator.failures import legible
from orchestrator.model import Record
from orchestrator.wire import Task

CLOSED = {
    "completed": WorkflowExecutionStatus.COMPLETED,
    "failed": WorkflowExecutionStatus.FAILED,
    "cancelled": WorkflowExecutionStatus.CANCELED,
    "terminated": WorkflowExecutionStatus.TERMINATED,
    "timed out": WorkflowExecutionStatus.TIMED_OUT,
    "continued as new": WorkflowExecutionStatus.CONTINUED_AS_NEW,
}
"""Our words for how a workflow has ended."""
VISIBILITY = {
    "completed": "Completed",
    "failed": "Failed",
    "cancelled": "Canceled",
    "terminated": "Terminated",
    "timed out": "TimedOut",
    "continued as new": "ContinuedAsNew",
}
"""The same as visibility queries write them."""
OPEN = ("running", "waiting", "paused", "parked")


class ActivityInfo(Record):
    """An activity that has not ended: a turn of a stage, or one of the workflow's own."""

    type: str
    """The graph's name, if it is a stage's."""
    state: str
    """`scheduled` (no worker has it, or it waits for its next attempt), `started`, `cancel requested`, `paused`."""
    attempt: int
    last_failure: str | None = None
    """Why the attempt before this one failed."""
    maximum_attempts: int | None = None
    """None: it is tried for ever."""
    next_attempt_at: datetime | None = None
    """Where it waits for that."""
    started_at: datetime | None = None
    """When this attempt began."""
    worker: str | None = None
    """Who has it, or had it last."""
    stage: str | None = None
    """This and what follows: of a graph activity, what its last heartbeat said."""
    nodes: list[str] = Field(default_factory=list)
    """The graph's nodes that run now."""
    steps: int | None = None
    """Super-steps in the thread so far."""


class WorkflowInfo(Record):
    """A workflow as the server knows it, whether or not any worker runs."""

    workflow_id: str
    run_id: str
    workflow_type: str
    task_queue: str
    state: str
    """`running`, `waiting`, `paused` or `parked` while it is open; then how it ended."""
    graph: str | None = None
    """The graph of the latest stage."""
    stage: str | None = None
    """The name of the latest stage."""
    assignees: list[str] = Field(default_factory=list)
    """Everybody whom an open task waits for."""
    due_at: datetime | None = None
    """When the first open task or timer is due."""
    since: datetime | None = None
    """Since when it is in that state: when it ended, or `OrchSince`; where that is not registered, when the oldest of
    its open tasks was opened."""
    started_at: datetime
    closed_at: datetime | None = None
    history_length: int = 0
    """Events in the history; where the server keeps that only for workflows that are described, 0 in a list."""
    tasks: list[Task] = Field(default_factory=list)
    """The heads of the open human tasks, at most 20: without form and payload."""
    illegible: str | None = None
    """Why they cannot be read here: they are encrypted, and the key is not to be had."""
    activities: list[ActivityInfo] = Field(default_factory=list)
    """Those that have not ended; only of a workflow that was described, not of one in a list."""
    failing: int = 0
    """How many attempts at the current workflow task have failed: if any, the worker's log says why. As above."""

    @field_serializer("tasks")
    def _heads(self, tasks: list[Task], info: SerializationInfo) -> list[dict[str, Any]]:
        """What a head does not say is not known: a default would say it all the same."""
        return [task.model_dump(mode=info.mode, exclude_unset=True) for task in tasks]

    @property
    def open(self) -> bool:
        """Whether it has not ended."""
        return self.closed_at is None

    @classmethod
    async def of(cls, execution: WorkflowExecution) -> Self:
        """From a description or a list entry."""
        described = execution if isinstance(execution, WorkflowExecutionDescription) else None
        ended = next((ours for ours, theirs in CLOSED.items() if theirs == execution.status), None)
        attributes = {pair.key.name: pair.value for pair in execution.typed_search_attributes}
        tasks, illegible = ([], None) if ended else await _legible_tasks(execution)
        state = ended or str(attributes.get(names.ORCH_STATE) or ("waiting" if tasks else "running"))
        opened = [task.created_at for task in tasks]
        due_at = attributes.get(names.ORCH_DUE_AT)
        since = attributes.get(names.ORCH_SINCE) or (min(opened, default=None) if state == "waiting" else None)
        known: dict[str, Any] = {"illegible": illegible} if illegible else {}
        if execution.history_length:
            known["history_length"] = execution.history_length
        if described is not None:
            failed = described.raw_description.pending_workflow_task.attempt - 1
            known |= {"activities": await _activities(described), "failing": max(0, failed)}
        return cls(
            workflow_id=execution.id,
            run_id=execution.run_id,
            workflow_type=execution.workflow_type,
            task_queue=execution.task_queue,
            state=state,
            graph=attributes.get(names.ORCH_GRAPH),
            stage=attributes.get(names.ORCH_STAGE),
            assignees=[] if ended else list(attributes.get(names.ORCH_ASSIGNEES) or []),
            due_at=None if ended or due_at is None else due_at.astimezone(UTC),
            since=execution.close_time or (since and since.astimezone(UTC)),
            started_at=execution.start_time,
            closed_at=execution.close_time,
            tasks=tasks,
            **known,
        )


async def tasks_of(execution: WorkflowExecution) -> list[Task]:
    """The heads of a workflow's open human tasks, from its memo. Whoever else uses that name for a memo has none.

    Raises:
        KeyMissing: They are encrypted, and the key is not to be had here. *Retryable.*
        SealBroken: They are encrypted, and were altered. *Not retryable.*
    """
    heads = await execution.memo_value(names.MEMO_TASKS, default=[])
    try:
        return [Task.model_validate({**head, "workflow_id": execution.id}) for head in heads]
    except (TypeError, ValidationError):
        return []


async def _legible_tasks(execution: WorkflowExecution) -> tuple[list[Task], str | None]:
    try:
        return await tasks_of(execution), None
    except GraphFailure as error:
        return [], str(error)


async def _activities(described: WorkflowExecutionDescription) -> list[ActivityInfo]:
    return [await _activity(described, pending) for pending in described.raw_description.pending_activities]


async def _activity(described: WorkflowExecutionDescription, pending: PendingActivityInfo) -> ActivityInfo:
    state = PendingActivityState.Name(pending.state).removeprefix("PENDING_ACTIVITY_STATE_").lower().replace("_", " ")
    beat = await _heartbeat(described, pending)
    return ActivityInfo(
        type=pending.activity_type.name,
        state=state,
        attempt=pending.attempt,
        last_failure=await _failed(described, pending),
        maximum_attempts=pending.maximum_attempts or None,
        next_attempt_at=_moment(pending, "next_attempt_schedule_time") if state == "scheduled" else None,
        started_at=_moment(pending, "last_started_time") if state != "scheduled" else None,
        worker=pending.last_worker_identity or None,
        stage=beat.get("stage"),
        nodes=list(beat.get("nodes") or []) if state != "scheduled" else [],
        steps=beat.get("steps"),
    )


async def _failed(described: WorkflowExecutionDescription, pending: PendingActivityInfo) -> str | None:
    if not pending.HasField("last_failure"):
        return None
    failure = await legible(pending.last_failure, described.data_converter)
    kind = failure.application_failure_info.type
    return f"{kind}: {failure.message}" if kind else failure.message or None


def _moment(pending: PendingActivityInfo, field: str) -> datetime | None:
    found: datetime | None = getattr(pending, field).ToDatetime(tzinfo=UTC) if pending.HasField(field) else None  # type: ignore[arg-type]
    return found


async def _heartbeat(described: WorkflowExecutionDescription, pending: PendingActivityInfo) -> dict[str, Any]:
    """What the activity last said of itself; of one that is none of ours, or that a later version of ours wrote, what
    is known of it."""
    try:
        said = await described.data_converter.decode(pending.heartbeat_details.payloads)
    except Exception:  # noqa: BLE001 - another converter's: there is the rest
        return {}
    return said[0] if said and isinstance(said[0], dict) else {}


def state_query(state: str) -> str:
    """The visibility query for the workflows that may be in a state; `WorkflowInfo.state` is exact.

    Raises:
        Refused: There is no such state. *Not retryable.*
    """
    if state in VISIBILITY:
        return f"ExecutionStatus = '{VISIBILITY[state]}'"
    if state not in OPEN:
        raise Refused(f"There is no state {state!r}; there are {', '.join((*OPEN, *VISIBILITY))}.")
    # One that has not begun its first stage has none of our search attributes yet.
    return f"ExecutionStatus = 'Running' AND ({names.ORCH_STATE} = '{state}' OR {names.ORCH_STATE} IS NULL)"


def text(value: str) -> str:
    """A string literal of a visibility query."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
