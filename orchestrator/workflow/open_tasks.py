"""The open tasks of one workflow: opened by a question, kept moving by timers until somebody has decided."""

import asyncio
from collections import OrderedDict
from datetime import timedelta
from typing import Any, assert_never

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from orchestrator import form
from orchestrator.answer import ENGINE
from orchestrator.calls import Wait
from orchestrator.errors import Refused
from orchestrator.human import DefaultAnswer, HumanDefaults, OnDue, Route
from orchestrator.markdown import one_line
from orchestrator.requests import AskRequest
from orchestrator.telemetry.measures import UNMEASURED, Measures
from orchestrator.telemetry.metrics import TASK_WAIT, TASKS_CLOSED, TASKS_OPENED, TASKS_OVERDUE
from orchestrator.wire import Assignment, Decision, Task
from orchestrator.workflow.audit import Audit
from orchestrator.workflow.carried import CarriedDesk, CarriedTask
from orchestrator.workflow.notices import Notifier
from orchestrator.workflow.open_task import OpenTask, Settled, opened, with_defaults
from orchestrator.workflow.remembered import Remembered
from orchestrator.workflow.timetable import Moment, Planner, Timetable, timetable
from orchestrator.workflow.timing import done_within

KEPT_CLOSED = 200


class Overdue(Exception):
    """A task was not answered in time, and its `on_due` says `fail` or `park`."""

    def __init__(self, task: Task, then: OnDue) -> None:
        super().__init__(f"Nobody answered {task.title!r} by {task.due_at:%Y-%m-%d %H:%M} UTC.")
        self.then = then


class OpenTasks:
    """Those that wait for people, and how the last ones ended."""

    def __init__(self, audit: Audit, notifier: Notifier, planner: Planner, measures: Measures = UNMEASURED) -> None:
        self.audit = audit
        self.notifier = notifier
        self.measures = measures
        self.entries: OrderedDict[str, OpenTask] = OrderedDict()
        self.closed = Remembered[str](KEPT_CLOSED)
        self.opened = 0
        self.opening = 0
        """Questions whose timetable is being worked out."""
        self._planner = planner

    def __bool__(self) -> bool:
        return bool(self.entries)

    def carried(self) -> list[CarriedTask]:
        """What the next run needs of them."""
        return [
            CarriedTask(task=entry.task, wait=entry.wait, ask=entry.ask, timetable=entry.timetable)
            for entry in self.entries.values()
        ]

    def restore(self, carried: CarriedDesk) -> None:
        """Open what was open in the run before."""
        self.closed.update(carried.closed)
        self.opened = carried.opened
        for one in carried.tasks:
            self.entries[one.task.task_id] = OpenTask(one.task, one.wait, one.ask, one.timetable)

    def asked_by(self, stage: str, wait: Wait) -> OpenTask | None:
        """The task that is open already for what a stage waits for."""
        asked = (stage, wait.interrupt_id)
        entries = self.entries.values()
        return next((entry for entry in entries if (entry.task.stage, entry.task.interrupt_id) == asked), None)

    def listed(self) -> list[Task]:
        """The open tasks, oldest first."""
        return [entry.task for entry in self.entries.values()]

    def knows(self, task_id: str) -> bool:
        """Whether the task is open, or has been."""
        return task_id in self.entries or task_id in self.closed

    def addressed(self, message: Decision | Assignment) -> OpenTask:
        """The open task that a message is for.

        Raises:
            Refused: It names none that is open, or none at all while several are.
        """
        if message.task_id is None:
            if len(self.entries) == 1:
                return next(iter(self.entries.values()))
            raise Refused(
                f"{len(self.entries)} tasks are open, so say which: task_id is one of {', '.join(self.entries)}."
            )
        try:
            return self.entries[message.task_id]
        except KeyError:
            became = self.closed.get(message.task_id)
            known = f"it was {became}" if became else f"open are: {', '.join(self.entries) or 'none'}"
            raise Refused(f"Task {message.task_id} is not open; {known}.") from None

    async def open(self, wait: Wait | None, ask: AskRequest, defaults: HumanDefaults, stage: str | None) -> OpenTask:
        """Open a task.

        Raises:
            ApplicationError: Of type BadInput: there is no such calendar, or the form is no JSON Schema.
        """
        ask = with_defaults(ask, defaults)
        self.opened += 1
        task_id = f"{stage}-{self.opened}" if stage else f"task-{self.opened}"
        _check_question(ask, wait)
        self.opening += 1
        try:
            entry = opened(task_id, wait, ask, stage, await timetable(ask, workflow.now(), self._planner))
        finally:
            self.opening -= 1
        self.entries[task_id] = entry
        if ask.refused is not None:
            self.audit.record("refused", by=ask.refused.by, detail=ask.refused.reason)
        self.audit.record("opened", task_id=task_id, detail=ask.title, form=entry.form)
        self.measures.count(TASKS_OPENED)
        return entry

    async def attend(self, entry: OpenTask) -> Settled:
        """Wait for the decision on a task that is open.

        Raises:
            Overdue: It is due, and `on_due` is `fail` or `park`.
        """
        try:
            while not entry.answer.done():
                if entry.timetable.used_up:
                    entry.follow(await self._planned_on(entry))
                moment = entry.timetable.next
                if moment is None:
                    return await entry.answer
                remaining = moment.at - workflow.now()
                summary = one_line(f"{moment.what}: {entry.task.title}")
                if remaining > timedelta(0) and await done_within(entry.answer, remaining, summary):
                    break
                # What came in time and is still being looked at, comes in time.
                if entry.admitting:
                    await workflow.wait_condition(lambda: entry.admitting == 0)
                if not entry.answer.done():
                    self._on_moment(entry, moment)
            return entry.answer.result()
        except asyncio.CancelledError:  # and not finally: that would also run when a cached workflow is evicted
            if entry.task.task_id in self.entries:
                self.close(entry, "withdrawn", by=ENGINE, detail="its stage no longer waits for it")
            raise

    def close(self, entry: OpenTask, what: Any, *, by: str, detail: Any, via: str | None = None) -> None:
        """It is over: decided, expired or withdrawn."""
        task_id = entry.task.task_id
        self.entries.pop(task_id, None)
        entry.update(state=what)
        self.closed[task_id] = f"{what} by {by} at {workflow.now():%Y-%m-%d %H:%M:%S} UTC"
        self.audit.record(what, by=by, task_id=task_id, detail=detail, via=via, form=entry.form)
        self.measures.count(TASKS_CLOSED, how=what)
        self.measures.waited(TASK_WAIT, workflow.now() - entry.task.created_at, how=what)
        self.notifier.forget(task_id)
        self.notifier.tell(what, to=entry.task.waits_for, task=entry.task, detail=detail)

    async def _planned_on(self, entry: OpenTask) -> Timetable:
        self.opening += 1
        try:
            return await entry.timetable.planned_on(workflow.now(), self._planner)
        finally:
            self.opening -= 1

    def _on_moment(self, entry: OpenTask, moment: Moment) -> None:
        match moment.what:
            case "Reminder":
                self._tell("reminded", entry, to=entry.task.waits_for)
                entry.follow(entry.timetable.after_reminder(workflow.now()))
            case "Escalation":
                step = entry.timetable.escalations[0]
                assignees = list(dict.fromkeys([*entry.task.assignees, *step.to]))
                entry.update(state="escalated", escalated=True, assignees=assignees, claimed_by=None)
                self._tell("escalated", entry, to=step.to)
                entry.follow(entry.timetable.after_escalation())
            case "Due":
                self._on_due(entry)
            case _:
                assert_never(moment.what)

    def _on_due(self, entry: OpenTask) -> None:
        then = entry.ask.on_due
        match then:
            case None:
                self._tell("overdue", entry, to=entry.task.waits_for)
                self.measures.count(TASKS_OVERDUE)
                entry.follow(entry.timetable.after_due(workflow.now()))
            case DefaultAnswer():
                self.close(entry, "expired", by=ENGINE, detail=then.model_dump(mode="json"), via="timer")
                entry.answer.set_result(Settled(Decision(by=ENGINE, **then.model_dump()), entry.task.decisions))
            case Route():
                self.close(entry, "expired", by=ENGINE, detail=then.model_dump(mode="json"), via="timer")
                nobody = Decision(action="reject", by=ENGINE, comment="nobody answered in time")
                entry.answer.set_result(Settled(nobody, entry.task.decisions, then.route))
            case _:
                self.close(entry, "expired", by=ENGINE, detail=then, via="timer")
                raise Overdue(entry.task, then)

    def _tell(self, what: Any, entry: OpenTask, *, to: list[str]) -> None:
        self.audit.record(what, task_id=entry.task.task_id, detail=to, via="timer")
        self.notifier.tell(what, to=to, task=entry.task)


def _check_question(ask: AskRequest, wait: Wait | None) -> None:
    """Refuse a question that nobody, or no clock, could answer.

    Raises:
        ApplicationError: Of type BadInput: its form is no JSON Schema, or its default answer does not fit. *Not
            retryable.*
    """
    why = form.unsound(ask.form)
    if why is None and isinstance(ask.on_due, DefaultAnswer):
        try:
            form.check(Decision(by=ENGINE, **ask.on_due.model_dump()), ask.form, wait)
        except Refused as reason:
            why = f"on_due: {reason}"
    if why is None and isinstance(ask.on_due, Route) and wait is not None and wait.source not in ("ask", "interrupt"):
        why = "on_due: a route needs ask() or a plain interrupt"
    if why is not None:
        raise ApplicationError(f"The question {ask.title!r} makes no sense: {why}", type="BadInput", non_retryable=True)
