"""The human tasks of one workflow: opened by waits, closed by decisions, kept moving by timers."""

import asyncio
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow

from orchestrator.errors import Refused
from orchestrator.options import DefaultAnswer, HumanDefaults
from orchestrator.requests import AskRequest
from orchestrator.wire import Assignment, Decision, Receipt, Task, Wait
from orchestrator.workflow import form
from orchestrator.workflow.audit import ENGINE, Audit
from orchestrator.workflow.timing import done_within

REMEMBERED_IDS = 1000
KEPT_CLOSED = 200


class Overdue(Exception):
    """A task was not answered in time, and its `on_due` says `fail` or `park`."""

    def __init__(self, task: Task, then: str) -> None:
        super().__init__(f"Nobody answered {task.title!r} by {task.due_at:%Y-%m-%d %H:%M} UTC.")
        self.then = then


class OpenTask:
    """One task while it is open."""

    def __init__(self, task: Task, wait: Wait | None, ask: AskRequest) -> None:
        self.task = task
        self.wait = wait
        self.ask = ask
        self.answer: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()

    def update(self, **changes: Any) -> None:
        """Change the task as it is shown."""
        self.task = self.task.model_copy(update=changes)


class Desk:
    """All human tasks of a workflow."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        self.open: OrderedDict[str, OpenTask] = OrderedDict()
        self._early: deque[Decision] = deque()
        self._seen: OrderedDict[str, str | None] = OrderedDict()
        self._closed: OrderedDict[str, str] = OrderedDict()
        self._opened = 0

    def tasks(self) -> list[Task]:
        """The open tasks, oldest first."""
        return [entry.task for entry in self.open.values()]

    def knows(self, task_id: str) -> bool:
        """Whether the task is open, or has been."""
        return task_id in self.open or task_id in self._closed

    # --- decisions ---

    def check(self, decision: Decision) -> None:
        """Whether a decision would be accepted now. Changes nothing.

        Raises:
            Refused: It would not; the message says why.
        """
        if self._duplicate(decision) or (decision.task_id is None and not self.open):
            return
        entry = self._addressed(decision)
        form.check(decision, entry.task.form, entry.wait)
        if any(partial["by"] == decision.by for partial in entry.task.decisions):
            raise Refused(f"{decision.by} has decided on task {entry.task.task_id} already; it needs another person.")

    def decide(self, decision: Decision) -> Receipt:
        """Take a decision.

        Raises:
            Refused: See `check`.
        """
        self.check(decision)
        if self._duplicate(decision):
            return Receipt(task_id=self._seen[decision.decision_id or ""], status="duplicate")
        if decision.task_id is None and not self.open:
            self._early.append(decision)
            self._remember(decision, None)
            self.audit.record("kept", by=decision.by, detail="no task is open; kept for the next one")
            return Receipt(status="accepted")
        return self._take(self._addressed(decision), decision)

    def _take(self, entry: OpenTask, decision: Decision) -> Receipt:
        task_id = entry.task.task_id
        self._remember(decision, task_id)
        partial = decision.model_dump(mode="json", include={"action", "by", "comment", "values"})
        entry.update(decisions=[*entry.task.decisions, partial])
        remaining = entry.task.quorum - len(entry.task.decisions)
        if decision.action != "reject" and remaining > 0:
            self.audit.record("decided", by=decision.by, task_id=task_id, detail={**partial, "remaining": remaining})
            return Receipt(task_id=task_id, status="pending_quorum", remaining=remaining)
        self._close(entry, "decided", by=decision.by, detail=partial)
        entry.answer.set_result(decision)
        return Receipt(task_id=task_id, status="accepted")

    def refused(self, payload: Any, reason: Refused) -> None:
        """Record a decision that came by signal and was not accepted."""
        given = payload if isinstance(payload, dict) else {}
        self.audit.record(
            "refused", by=str(given.get("by") or "unknown"), task_id=_text(given.get("task_id")), detail=str(reason)
        )

    def _addressed(self, decision: Decision) -> OpenTask:
        if decision.task_id is None:
            if len(self.open) == 1:
                return next(iter(self.open.values()))
            raise Refused(f"{len(self.open)} tasks are open, so say which: task_id is one of {', '.join(self.open)}.")
        try:
            return self.open[decision.task_id]
        except KeyError:
            became = self._closed.get(decision.task_id)
            known = f"it was {became}" if became else f"open are: {', '.join(self.open) or 'none'}"
            raise Refused(f"Task {decision.task_id} is not open; {known}.") from None

    def _duplicate(self, decision: Decision) -> bool:
        return decision.decision_id is not None and decision.decision_id in self._seen

    def _remember(self, decision: Decision, task_id: str | None) -> None:
        if decision.decision_id is not None:
            self._seen[decision.decision_id] = task_id
            if len(self._seen) > REMEMBERED_IDS:
                self._seen.popitem(last=False)

    # --- the life of a task ---

    async def serve(self, wait: Wait | None, ask: AskRequest, defaults: HumanDefaults, stage: str | None) -> Decision:
        """Open a task and wait for its decision; reminders and the due date pass meanwhile.

        Raises:
            Overdue: It is due, and `on_due` is `fail` or `park`.
        """
        ask = _with_defaults(ask, defaults)
        entry = self._open(wait, ask, stage)
        try:
            while not entry.answer.done():
                moment, what = _next(entry)
                if moment is None:
                    return await entry.answer
                remaining = moment - workflow.now()
                summary = f"{what}: {entry.task.title}"
                if remaining > timedelta(0) and await done_within(entry.answer, remaining, summary):
                    break
                self._on_moment(entry, what)
            return entry.answer.result()
        except asyncio.CancelledError:  # and not finally: that would also run when a cached workflow is evicted
            if entry.task.task_id in self.open:
                self._close(entry, "withdrawn", by=ENGINE, detail="its stage no longer waits for it")
            raise

    def _open(self, wait: Wait | None, ask: AskRequest, stage: str | None) -> OpenTask:
        self._opened += 1
        now = workflow.now()
        due_at = ask.due_at or (now + ask.due if ask.due else None)
        task = Task(
            task_id=f"{stage}-{self._opened}" if stage else f"task-{self._opened}",
            workflow_id=workflow.info().workflow_id,
            title=ask.title,
            description=ask.description,
            form=ask.form,
            payload=ask.payload,
            payload_ref=wait.payload_ref if wait else None,
            assignees=ask.assignees or [],
            priority=ask.priority,
            created_at=now,
            due_at=due_at,
            next_reminder_at=_reminder(ask, now, due_at),
            quorum=ask.quorum or 1,
            stage=stage,
            interrupt_id=wait.interrupt_id if wait else None,
        )
        entry = OpenTask(task, wait, ask)
        self.open[task.task_id] = entry
        self.audit.record("opened", task_id=task.task_id, detail=task.title)
        while self._early and not entry.answer.done():
            self._try_early(entry, self._early.popleft())
        return entry

    def _try_early(self, entry: OpenTask, decision: Decision) -> None:
        try:
            form.check(decision, entry.task.form, entry.wait)
        except Refused as reason:
            self.audit.record("refused", by=decision.by, task_id=entry.task.task_id, detail=str(reason))
            return
        self._take(entry, decision)

    def _on_moment(self, entry: OpenTask, what: str) -> None:
        task = entry.task
        if what == "Reminder":
            self.audit.record("reminded", task_id=task.task_id, detail=task.assignees)
            entry.update(next_reminder_at=_reminder(entry.ask, workflow.now(), task.due_at))
            return
        if entry.ask.escalate_to:
            assignees = list(dict.fromkeys([*task.assignees, *entry.ask.escalate_to]))
            entry.update(state="escalated", escalated=True, assignees=assignees)
            self.audit.record("escalated", task_id=task.task_id, detail=entry.ask.escalate_to)
        on_due = entry.ask.on_due
        if isinstance(on_due, DefaultAnswer):
            self._close(entry, "expired", by=ENGINE, detail=on_due.model_dump(mode="json"))
            entry.answer.set_result(Decision(by=ENGINE, **on_due.model_dump()))
        elif on_due is not None:
            self._close(entry, "expired", by=ENGINE, detail=on_due)
            raise Overdue(task, on_due)
        else:
            self.audit.record("overdue", task_id=task.task_id, detail="stays open")
            entry.ask = entry.ask.model_copy(update={"escalate_to": None})
            entry.update(next_reminder_at=_reminder(entry.ask, workflow.now(), None))

    def _close(self, entry: OpenTask, what: str, *, by: str, detail: Any) -> None:
        task_id = entry.task.task_id
        self.open.pop(task_id, None)
        self._closed[task_id] = f"{what} by {by} at {workflow.now():%Y-%m-%d %H:%M:%S} UTC"
        if len(self._closed) > KEPT_CLOSED:
            self._closed.popitem(last=False)
        self.audit.record(what, by=by, task_id=task_id, detail=detail)

    # --- assignment ---

    def check_assignment(self, change: Assignment) -> OpenTask:
        """The task that a change of assignment is about.

        Raises:
            Refused: It is not open, is claimed by somebody else, or nobody is named to take it.
        """
        entry = self.open.get(change.task_id)
        if entry is None:
            raise Refused(f"Task {change.task_id} is not open; open are: {', '.join(self.open) or 'none'}.")
        holder = entry.task.claimed_by
        if change.action in ("claim", "unclaim") and holder not in (None, change.by):
            raise Refused(f"Task {change.task_id} is claimed by {holder}; reassign it instead.")
        if change.action in ("delegate", "reassign") and not change.assignees:
            raise Refused(f"To {change.action} a task, say to whom: assignees.")
        return entry

    def assign(self, change: Assignment) -> Task:
        """Carry out a change of assignment.

        Raises:
            Refused: See `check_assignment`.
        """
        entry = self.check_assignment(change)
        match change.action:
            case "claim":
                entry.update(claimed_by=change.by, state="claimed")
            case "unclaim":
                entry.update(claimed_by=None, state="open")
            case "delegate":
                entry.update(claimed_by=None, assignees=change.assignees, state="delegated")
            case "reassign":
                entry.update(claimed_by=None, assignees=change.assignees, state="open")
        detail = {"action": change.action, "assignees": entry.task.assignees}
        self.audit.record("assigned", by=change.by, task_id=change.task_id, detail=detail)
        return entry.task


def _next(entry: OpenTask) -> tuple[datetime | None, str]:
    """The next moment in a task's life, and what it is."""
    due, reminder = entry.task.due_at, entry.task.next_reminder_at
    overdue = due is not None and entry.ask.on_due is None and entry.ask.escalate_to is None and due <= workflow.now()
    moments = [(reminder, "Reminder")] if reminder else []
    if due is not None and not overdue:
        moments.append((due, "Due"))
    return min(moments, default=(None, ""))


def _reminder(ask: AskRequest, now: datetime, due_at: datetime | None) -> datetime | None:
    """The next reminder; none once the due date comes first."""
    if ask.remind_every is None or ask.remind_every <= timedelta(0):
        return None
    moment = now + ask.remind_every
    return None if due_at is not None and moment >= due_at else moment


def _with_defaults(ask: AskRequest, defaults: HumanDefaults) -> AskRequest:
    """The request, with the graph's defaults filling what it leaves open."""
    left_open = {
        name: value
        for name in HumanDefaults.model_fields
        if getattr(ask, name) is None and (value := getattr(defaults, name)) is not None
    }
    if ask.due_at is not None:
        left_open.pop("due", None)
    return ask.model_copy(update=left_open)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
