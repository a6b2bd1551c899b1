"""What Temporal's server itself knows of a workflow of ours: its status, our search attributes and our memo."""

from datetime import UTC, datetime
from typing import Any, Self

from pydantic import Field
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import WorkflowExecution, WorkflowExecutionDescription, WorkflowExecutionStatus

from orchestrator import names
from orchestrator.errors import Refused
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
    started_at: datetime
    closed_at: datetime | None = None
    history_length: int = 0
    """Events in the history."""
    tasks: list[Task] = Field(default_factory=list)
    """The heads of the open human tasks, at most 20: without form and payload."""
    activities: list[ActivityInfo] = Field(default_factory=list)
    """Those that have not ended; only of a workflow that was described, not of one in a list."""
    failing: int = 0
    """How many attempts at the current workflow task have failed: if any, the worker's log says why. As above."""

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
        heads: list[dict[str, Any]] = [] if ended else await execution.memo_value(names.MEMO_TASKS, default=[])
        due_at = attributes.get(names.ORCH_DUE_AT)
        return cls(
            workflow_id=execution.id,
            run_id=execution.run_id,
            workflow_type=execution.workflow_type,
            task_queue=execution.task_queue,
            state=ended or str(attributes.get(names.ORCH_STATE) or ("waiting" if heads else "running")),
            graph=attributes.get(names.ORCH_GRAPH),
            stage=attributes.get(names.ORCH_STAGE),
            assignees=[] if ended else list(attributes.get(names.ORCH_ASSIGNEES) or []),
            due_at=None if ended or due_at is None else due_at.astimezone(UTC),
            started_at=execution.start_time,
            closed_at=execution.close_time,
            history_length=execution.history_length,
            tasks=[Task.model_validate({**head, "workflow_id": execution.id}) for head in heads],
            activities=_activities(described) if described else [],
            failing=max(0, described.raw_description.pending_workflow_task.attempt - 1) if described else 0,
        )


def _activities(described: WorkflowExecutionDescription) -> list[ActivityInfo]:
    prefix = "PENDING_ACTIVITY_STATE_"
    return [
        ActivityInfo(
            type=pending.activity_type.name,
            state=PendingActivityState.Name(pending.state).removeprefix(prefix).lower().replace("_", " "),
            attempt=pending.attempt,
            last_failure=pending.last_failure.message or None,
        )
        for pending in described.raw_description.pending_activities
    ]


def waited_for(task: Task) -> list[str]:
    """Whose turn it is."""
    return [task.claimed_by] if task.claimed_by else task.assignees


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
