"""The human tasks of one workflow: opened by waits, closed by decisions, kept moving by timers."""

import asyncio
from collections import OrderedDict, deque
from datetime import timedelta
from typing import Any, assert_never

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from orchestrator import form, names
from orchestrator.answer import ENGINE
from orchestrator.calls import Admission, Wait
from orchestrator.errors import Refused
from orchestrator.human import DefaultAnswer, HumanDefaults, OnDue, Route
from orchestrator.markdown import one_line
from orchestrator.requests import AskRequest
from orchestrator.telemetry.measures import UNMEASURED, Measures
from orchestrator.telemetry.metrics import TASK_WAIT, TASKS_CLOSED, TASKS_OPENED, TASKS_OVERDUE
from orchestrator.wire import Assignment, Decision, Receipt, Task
from orchestrator.workflow import ballot
from orchestrator.workflow.audit import Audit
from orchestrator.workflow.carried import CarriedDecision, CarriedDesk, CarriedTask
from orchestrator.workflow.entitled import check_action, check_duties, check_proof
from orchestrator.workflow.notices import Notifier
from orchestrator.workflow.open_task import OpenTask, Settled, assigned, check_assignment, opened, with_defaults
from orchestrator.workflow.remembered import Remembered
from orchestrator.workflow.timetable import Moment, Planner, Timetable, timetable
from orchestrator.workflow.timing import done_within

KEPT_CLOSED = 200


class Overdue(Exception):
    """A task was not answered in time, and its `on_due` says `fail` or `park`."""

    def __init__(self, task: Task, then: OnDue) -> None:
        super().__init__(f"Nobody answered {task.title!r} by {task.due_at:%Y-%m-%d %H:%M} UTC.")
        self.then = then


class Desk:
    """All human tasks of a workflow."""

    def __init__(self, audit: Audit, notifier: Notifier, planner: Planner, measures: Measures = UNMEASURED) -> None:
        self.measures = measures
        self.audit = audit
        self.notifier = notifier
        self.open: OrderedDict[str, OpenTask] = OrderedDict()
        self._planner = planner
        self._early: deque[tuple[Decision, Admission | None, str]] = deque()
        self._seen = Remembered[str | None]()
        self._tokens = Remembered[None]()
        self._closed = Remembered[str](KEPT_CLOSED)
        self._editors: set[str] = set()
        self._opened = 0
        self.opening = 0
        """Questions whose timetable is being worked out."""

    def carried(self) -> CarriedDesk:
        """What the next run needs."""
        return CarriedDesk(
            tasks=[
                CarriedTask(task=entry.task, wait=entry.wait, ask=entry.ask, timetable=entry.timetable)
                for entry in self.open.values()
            ],
            early=[CarriedDecision(decision=decision, proof=proof, via=via) for decision, proof, via in self._early],
            seen=list(self._seen.items()),
            tokens=list(self._tokens),
            closed=list(self._closed.items()),
            editors=sorted(self._editors),
            opened=self._opened,
        )

    def restore(self, carried: CarriedDesk) -> None:
        """Go on from where the run before stopped."""
        for one in carried.tasks:
            self.open[one.task.task_id] = OpenTask(one.task, one.wait, one.ask, one.timetable)
        self._early.extend((one.decision, one.proof, one.via) for one in carried.early)
        self._seen.update(carried.seen)
        self._tokens.update((token, None) for token in carried.tokens)
        self._closed.update(carried.closed)
        self._editors.update(carried.editors)
        self._opened = carried.opened

    def edited(self, person: str) -> None:
        """Remember somebody as an editor of this workflow, for the segregation of duties."""
        self._editors.add(person)

    def asked_by(self, stage: str, wait: Wait) -> OpenTask | None:
        """The task that is open already for what a stage waits for."""
        asked = (stage, wait.interrupt_id)
        entries = self.open.values()
        return next((entry for entry in entries if (entry.task.stage, entry.task.interrupt_id) == asked), None)

    def tasks(self) -> list[Task]:
        """The open tasks, oldest first."""
        return [entry.task for entry in self.open.values()]

    def knows(self, task_id: str) -> bool:
        """Whether the task is open, or has been."""
        return task_id in self.open or task_id in self._closed

    # --- decisions ---

    def check(self, decision: Decision, proof: Admission | None = None) -> None:
        """Whether a decision would be accepted now. Changes nothing.

        Args:
            decision: Whose values, if they travel by reference, `orchestrator.admit` checks.
            proof: What `orchestrator.admit` found; None before it has looked.

        Raises:
            Refused: It would not; the message says why.
        """
        self._check_unused(proof)
        if self._duplicate(decision) or (decision.task_id is None and not self.open):
            return
        self._check_against(self.addressed(decision), decision, proof)

    def _check_against(self, entry: OpenTask, decision: Decision, proof: Admission | None) -> None:
        task = entry.task
        if decision.values_ref is None:
            form.check(decision, task.form, entry.wait, agreeing=ballot.proposed(task.decisions))
        check_proof(task, decision, proof, workflow.now())
        check_action(proof, decision.action)
        check_duties(task, decision.by, workflow.memo_value(names.MEMO_STARTED_BY, None, type_hint=str), self._editors)
        if any(one["by"] == decision.by for one in ballot.standing(task.decisions)):
            raise Refused(f"{decision.by} has decided on task {task.task_id} already; it needs another person.")

    def _check_unused(self, proof: Admission | None) -> None:
        if proof is not None and proof.token_id is not None and proof.token_id in self._tokens:
            raise Refused("The token was used already.")

    def decide(self, decision: Decision, proof: Admission | None, via: str) -> Receipt:
        """Take a decision.

        Raises:
            Refused: See `check`.
        """
        self.check(decision, proof)
        if self._duplicate(decision):
            return Receipt(task_id=self._seen[decision.decision_id or ""], status="duplicate")
        if decision.task_id is None and not self.open:
            self._early.append((decision, proof, via))
            self._remember(decision, proof, None)
            self.audit.record("kept", by=decision.by, via=via, detail="no task is open; kept for the next one")
            return Receipt(status="accepted")
        return self._take(self.addressed(decision), decision, proof, via)

    def _take(self, entry: OpenTask, decision: Decision, proof: Admission | None, via: str) -> Receipt:
        task_id = entry.task.task_id
        self._remember(decision, proof, task_id)
        if decision.action == "edit":
            self._editors.add(decision.by)
        partial = decision.model_dump(mode="json", include={"action", "by", "comment", "values"})
        if decision.values_ref is not None:
            partial["values_ref"] = decision.values_ref.model_dump(mode="json")
        partial["at"] = workflow.now().isoformat()
        entry.update(decisions=[*entry.task.decisions, partial])
        count = ballot.count(entry.quorum, entry.task.decisions)
        if not (count.approved or count.rejected):
            detail = {**partial, "remaining": count.remaining}
            self.audit.record("decided", by=decision.by, task_id=task_id, detail=detail, via=via, form=entry.form)
            return Receipt(task_id=task_id, status="pending_quorum", remaining=count.remaining)
        self._close(entry, "decided", by=decision.by, detail=partial, via=via)
        entry.answer.set_result(Settled(ballot.settled(decision, entry.task.decisions), entry.task.decisions))
        return Receipt(task_id=task_id, status="accepted")

    def refused(self, payload: Any, reason: Refused, via: str) -> None:
        """Record a decision that was not accepted."""
        given = payload if isinstance(payload, dict) else {}
        task_id = given.get("task_id")
        self.audit.record(
            "refused",
            by=str(given.get("by") or "unknown"),
            task_id=task_id if isinstance(task_id, str) else None,
            detail=str(reason),
            via=via,
        )

    def addressed(self, message: Decision | Assignment) -> OpenTask:
        """The open task that a message is for.

        Raises:
            Refused: It names none that is open, or none at all while several are.
        """
        if message.task_id is None:
            if len(self.open) == 1:
                return next(iter(self.open.values()))
            raise Refused(f"{len(self.open)} tasks are open, so say which: task_id is one of {', '.join(self.open)}.")
        try:
            return self.open[message.task_id]
        except KeyError:
            became = self._closed.get(message.task_id)
            known = f"it was {became}" if became else f"open are: {', '.join(self.open) or 'none'}"
            raise Refused(f"Task {message.task_id} is not open; {known}.") from None

    def _duplicate(self, decision: Decision) -> bool:
        return decision.decision_id is not None and decision.decision_id in self._seen

    def _remember(self, decision: Decision, proof: Admission | None, task_id: str | None) -> None:
        if decision.decision_id is not None:
            self._seen[decision.decision_id] = task_id
        self._use(proof)

    def _use(self, proof: Admission | None) -> None:
        """A token counts once."""
        if proof is not None and proof.token_id is not None:
            self._tokens[proof.token_id] = None

    # --- the life of a task ---

    async def serve(self, wait: Wait | None, ask: AskRequest, defaults: HumanDefaults, stage: str | None) -> Settled:
        """Open a task and wait for its decision; reminders, escalations and the due date pass meanwhile.

        Raises:
            Overdue: It is due, and `on_due` is `fail` or `park`.
            ApplicationError: Of type BadInput: there is no such calendar, or the form is no JSON Schema.
        """
        ask = with_defaults(ask, defaults)
        self._opened += 1
        task_id = f"{stage}-{self._opened}" if stage else f"task-{self._opened}"
        _check_question(ask, wait)
        self.opening += 1
        try:
            entry = opened(task_id, wait, ask, stage, await timetable(ask, workflow.now(), self._planner))
        finally:
            self.opening -= 1
        self.open[task_id] = entry
        self.audit.record("opened", task_id=task_id, detail=ask.title, form=entry.form)
        self.measures.count(TASKS_OPENED)
        while self._early and not entry.answer.done():
            self._try_early(entry, *self._early.popleft())
        if not entry.answer.done():
            self.notifier.tell("opened", to=entry.waits_for, task=entry.task)
        return await self.attend(entry)

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
            if entry.task.task_id in self.open:
                self._close(entry, "withdrawn", by=ENGINE, detail="its stage no longer waits for it")
            raise

    async def _planned_on(self, entry: OpenTask) -> Timetable:
        self.opening += 1
        try:
            return await entry.timetable.planned_on(workflow.now(), self._planner)
        finally:
            self.opening -= 1

    def _try_early(self, entry: OpenTask, decision: Decision, proof: Admission | None, via: str) -> None:
        kept = None if proof is None else proof.model_copy(update={"token_id": None})  # counted when it was kept
        try:
            self._check_against(entry, decision, kept)
        except Refused as reason:
            self.audit.record("refused", by=decision.by, task_id=entry.task.task_id, detail=str(reason), via=via)
            return
        self._take(entry, decision, kept, via)

    def _on_moment(self, entry: OpenTask, moment: Moment) -> None:
        match moment.what:
            case "Reminder":
                self._tell("reminded", entry, to=entry.waits_for)
                entry.follow(entry.timetable.after_reminder(workflow.now()))
            case "Escalation":
                step = entry.timetable.escalations[0]
                assignees = list(dict.fromkeys([*entry.task.assignees, *step.to]))
                entry.update(state="escalated", escalated=True, assignees=assignees)
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
                self._tell("overdue", entry, to=entry.waits_for)
                self.measures.count(TASKS_OVERDUE)
                entry.follow(entry.timetable.after_due(workflow.now()))
            case DefaultAnswer():
                self._close(entry, "expired", by=ENGINE, detail=then.model_dump(mode="json"), via="timer")
                entry.answer.set_result(Settled(Decision(by=ENGINE, **then.model_dump()), entry.task.decisions))
            case Route():
                self._close(entry, "expired", by=ENGINE, detail=then.model_dump(mode="json"), via="timer")
                nobody = Decision(action="reject", by=ENGINE, comment="nobody answered in time")
                entry.answer.set_result(Settled(nobody, entry.task.decisions, then.route))
            case _:
                self._close(entry, "expired", by=ENGINE, detail=then, via="timer")
                raise Overdue(entry.task, then)

    def _tell(self, what: Any, entry: OpenTask, *, to: list[str]) -> None:
        self.audit.record(what, task_id=entry.task.task_id, detail=to, via="timer")
        self.notifier.tell(what, to=to, task=entry.task)

    def _close(self, entry: OpenTask, what: Any, *, by: str, detail: Any, via: str | None = None) -> None:
        task_id = entry.task.task_id
        self.open.pop(task_id, None)
        entry.update(state=what)
        self._closed[task_id] = f"{what} by {by} at {workflow.now():%Y-%m-%d %H:%M:%S} UTC"
        self.audit.record(what, by=by, task_id=task_id, detail=detail, via=via, form=entry.form)
        self.measures.count(TASKS_CLOSED, how=what)
        self.measures.waited(TASK_WAIT, workflow.now() - entry.task.created_at, how=what)
        self.notifier.forget(task_id)
        self.notifier.tell(what, to=entry.waits_for, task=entry.task, detail=detail)

    # --- assignment ---

    def check_assignment(self, change: Assignment, proof: Admission | None = None) -> OpenTask:
        """The task that a change of assignment is about.

        Raises:
            Refused: It is not open, is claimed by somebody else, or nobody is named to take it.
        """
        self._check_unused(proof)
        if proof is not None and proof.link:
            raise Refused("A link is for a decision; to assign a task, send a token.")
        entry = self.addressed(change)
        check_assignment(entry.task, change)
        check_proof(entry.task, change, proof, workflow.now())
        return entry

    def assign(self, change: Assignment, proof: Admission | None) -> Task:
        """Carry out a change of assignment.

        Raises:
            Refused: See `check_assignment`.
        """
        entry = self.check_assignment(change, proof)
        self._use(proof)
        before = entry.task.assignees
        entry.task = assigned(entry.task, change)
        detail = {"action": change.action, "assignees": entry.task.assignees}
        self.audit.record("assigned", by=change.by, task_id=change.task_id, detail=detail, via="update")
        if new := [name for name in entry.task.assignees if name not in before]:
            self.notifier.tell("assigned", to=new, task=entry.task)
        return entry.task


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
