"""One human task while it is open."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from temporalio import workflow

from orchestrator.calls import Wait
from orchestrator.errors import Refused
from orchestrator.human import HumanDefaults
from orchestrator.requests import AskRequest
from orchestrator.trail import version
from orchestrator.wire import Assignment, Decision, Task
from orchestrator.workflow.ballot import quorum_of
from orchestrator.workflow.timetable import Timetable


@dataclass(frozen=True)
class Settled:
    """What a task came to."""

    decision: Decision
    decisions: list[dict[str, Any]] = field(default_factory=list)
    """All that counted, with action, values, by, comment and time."""
    route: str | None = None
    """The branch to take, because nobody answered in time."""


class OpenTask:
    """A task, with what it answers and what is still to come."""

    def __init__(self, task: Task, wait: Wait | None, ask: AskRequest, timetable: Timetable) -> None:
        self.task = task
        self.wait = wait
        self.ask = ask
        self.quorum = quorum_of(ask.quorum)
        self.form = version(task.form)
        self.timetable = timetable
        self.admitting = 0
        """Decisions whose token or values are being looked at."""
        self.answer: asyncio.Future[Settled] = asyncio.get_running_loop().create_future()
        self.follow(timetable)

    def update(self, **changes: Any) -> None:
        """Change the task as it is shown."""
        self.task = self.task.model_copy(update=changes)

    def follow(self, timetable: Timetable) -> None:
        """Go by another timetable."""
        self.timetable = timetable
        escalation = timetable.escalations[0].at if timetable.escalations else None
        self.update(next_reminder_at=timetable.reminder, next_escalation_at=escalation)


def opened(task_id: str, wait: Wait | None, ask: AskRequest, stage: str | None, timetable: Timetable) -> OpenTask:
    """A task that opens now."""
    quorum = quorum_of(ask.quorum)
    task = Task(
        task_id=task_id,
        workflow_id=workflow.info().workflow_id,
        title=ask.title,
        description=ask.description,
        form=ask.form,
        payload=ask.payload,
        payload_ref=wait.payload_ref if wait else None,
        assignees=ask.assignees or [],
        priority=ask.priority,
        created_at=workflow.now(),
        due_at=timetable.due_at,
        follow_up_at=timetable.follow_up_at,
        quorum=quorum.approvals,
        quorum_of=quorum.of,
        identity=ask.identity or "any",
        not_by=ask.not_by or [],
        stage=stage,
        interrupt_id=wait.interrupt_id if wait else None,
    )
    return OpenTask(task, wait, ask, timetable)


def with_defaults(ask: AskRequest, defaults: HumanDefaults) -> AskRequest:
    """The request, with the graph's defaults filling what it leaves open."""
    left_open = {
        name: value
        for name in HumanDefaults.model_fields
        if getattr(ask, name) is None and (value := getattr(defaults, name)) is not None
    }
    for moment in ("due", "follow_up"):
        if getattr(ask, f"{moment}_at") is not None:
            left_open.pop(moment, None)
    return ask.model_copy(update=left_open)


def check_assignment(task: Task, change: Assignment) -> None:
    """Whether a change of assignment may be carried out.

    Raises:
        Refused: The task is claimed by somebody else, or nobody is named to take it.
    """
    if change.action in ("claim", "unclaim") and task.claimed_by not in (None, change.by):
        raise Refused(f"Task {change.task_id} is claimed by {task.claimed_by}; reassign it instead.")
    if change.action in ("delegate", "reassign") and not change.assignees:
        raise Refused(f"To {change.action} a task, say to whom: assignees.")


def assigned(task: Task, change: Assignment) -> Task:
    """The task after a change of assignment."""
    changes: dict[str, Any]
    match change.action:
        case "claim":
            changes = {"claimed_by": change.by, "state": "claimed"}
        case "unclaim":
            changes = {"claimed_by": None, "state": "escalated" if task.escalated else "open"}
        case "delegate":
            changes = {"claimed_by": None, "assignees": change.assignees, "state": "delegated"}
        case "reassign":
            changes = {"claimed_by": None, "assignees": change.assignees, "state": "open"}
    return task.model_copy(update=changes)
