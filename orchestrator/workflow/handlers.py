"""What a workflow of ours takes from outside: signals, updates and queries."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from orchestrator import names
from orchestrator.errors import Refused
from orchestrator.wire import Assignment, Decision, Entry, Event, Operator, Parking, Receipt, Recovery, Status, Task
from orchestrator.workflow.admission import admit, admit_event
from orchestrator.workflow.engine import Engine
from orchestrator.workflow.inbound import decode, parse

T = TypeVar("T")

SECOND_LOOK = timedelta(milliseconds=1)
"""Temporal delivers signals before the activity results of the same workflow task. Where a reset reapplies signals, a
decision therefore comes just before its task opens, and deserves a second look in the next workflow task."""


class Handlers:
    """The signals, updates and queries of `orchestrator.names`."""

    _engine: Engine

    # --- signals ---

    @workflow.signal(dynamic=True)
    async def on_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """Every signal: `decide`, `event`, `pause`, `resume`. What is malformed or unknown is audited as refused.

        One dynamic handler and not four named ones: to a named handler, bytes that do not decode never come, and a
        wrong number of arguments wedges the workflow task.
        """
        payload: Any = None
        await self._engine.until_ready()
        try:
            payload = decode(args)
            await self._on_signal(name, payload)
        except Refused as reason:
            if name == names.DECIDE:
                self._engine.desk.refused(payload, reason, "signal")
            else:
                by, detail = _sender(payload), f"signal {name}: {reason}"
                self._engine.audit.record("refused", by=by, detail=detail, via="signal")
        self._engine.changed()

    async def _on_signal(self, name: str, payload: Any) -> None:
        engine = self._engine
        match name:
            case names.DECIDE:
                decision = parse(Decision, payload)
                if engine.may_open_soon(decision.task_id):
                    await workflow.sleep(SECOND_LOOK, summary=f"Will {decision.task_id} open?")
                engine.desk.check(decision)
                engine.desk.decide(decision, await admit(engine.desk, decision), "signal")
            case names.EVENT:
                event = parse(Event, payload)
                await admit_event(event)
                engine.mailbox.deliver(event)
            case names.PAUSE:
                engine.operations.pause(parse(Operator, payload))
            case names.RESUME:
                engine.operations.resume(parse(Operator, payload))
            case _:
                raise Refused("unknown; known are decide, event, pause and resume.")

    # --- updates ---

    @workflow.update(name=names.SUBMIT_DECISION, description="A decision on a human task")
    async def submit_decision(self, decision: Any = None) -> Receipt:
        """See the signal `decide`."""
        desk = self._engine.desk
        given = parse(Decision, decision)
        await self._engine.until_ready()
        if self._engine.may_be_reapplied(given.task_id):
            await workflow.sleep(SECOND_LOOK, summary=f"Will {given.task_id} open?")
        try:
            proof = await admit(desk, given)
            via = "link" if proof is not None and proof.link else "update"
            receipt = desk.decide(given, proof, via)
        except Refused as reason:  # a forged token, a lost race: what the validator cannot know is worth a line
            desk.refused(given.model_dump(mode="json"), reason, "update")
            raise _refusal(reason) from None
        self._engine.changed()
        return receipt

    @submit_decision.validator
    def _check_decision(self, decision: Any = None) -> None:
        given = _refusing(lambda: parse(Decision, decision))
        # One that a reset reapplies is audited in the handler if it comes too early: nobody else would hear of it.
        if not self._engine.may_be_reapplied(given.task_id):
            self._refuse_early(lambda: self._engine.desk.check(given))

    @workflow.update(name=names.SUBMIT_EVENT, description="An event from outside")
    async def submit_event(self, event: Any = None) -> Receipt:
        """See the signal `event`."""
        given = parse(Event, event)
        await self._engine.until_ready()
        try:
            await admit_event(given)
        except Refused as reason:
            self._engine.audit.record("refused", by="unknown", detail=f"event {given.name}: {reason}", via="update")
            raise _refusal(reason) from None
        return await self._accepted(lambda: self._engine.mailbox.deliver(given))

    @submit_event.validator
    def _check_event(self, event: Any = None) -> None:
        self._refuse_early(lambda: parse(Event, event))

    @workflow.update(name=names.RECOVER, description="What to do with a parked stage")
    async def recover(self, recovery: Any = None) -> Status:
        """Retry, amend, skip, rewind or abort a parked stage."""
        given = parse(Recovery, recovery)
        await self._engine.until_ready()
        try:
            status = await self._engine.operations.recover(given)
        except Refused as reason:
            self._engine.audit.record("refused", by=given.by, detail=f"recover {given.action}: {reason}", via="update")
            raise _refusal(reason) from None
        self._engine.changed()
        return status

    @recover.validator
    def _check_recovery(self, recovery: Any = None) -> None:
        self._refuse_early(lambda: self._engine.operations.parked(parse(Recovery, recovery)))

    @workflow.update(name=names.PARK, description="Stop a stage that goes wrong, to recover it")
    async def park(self, parking: Any = None) -> Status:
        """Park a stage that has not failed."""
        given = parse(Parking, parking)
        await self._engine.until_ready()
        try:
            status = await self._engine.operations.park(given)
        except Refused as reason:
            self._engine.audit.record("refused", by=given.by, detail=f"park: {reason}", via="update")
            raise _refusal(reason) from None
        self._engine.changed()
        return status

    @park.validator
    def _check_parking(self, parking: Any = None) -> None:
        self._refuse_early(lambda: self._engine.operations.parkable(parse(Parking, parking)))

    @workflow.update(name=names.ASSIGN, description="Claim, unclaim, delegate or reassign a task")
    async def assign(self, change: Any = None) -> Task:
        """Change who works on a task."""
        given = parse(Assignment, change)
        await self._engine.until_ready()
        try:
            desk = self._engine.desk
            task = desk.assign(given, await admit(desk, given))
        except Refused as reason:
            self._engine.desk.refused(given.model_dump(mode="json"), reason, "update")
            raise _refusal(reason) from None
        self._engine.changed()
        return task

    @assign.validator
    def _check_assignment(self, change: Any = None) -> None:
        self._refuse_early(lambda: self._engine.desk.check_assignment(parse(Assignment, change)))

    def _refuse_early(self, check: Callable[[], object]) -> None:
        """Refuse what can be refused before anything is recorded. What comes with the first task of a continued run
        comes before its state, and is looked at again in the handler."""
        if self._engine.ready:
            _refusing(check)

    async def _accepted(self, change: Callable[[], T]) -> T:
        """Carry out what the validator let through; a race that it lost since then is a refusal, not a failure."""
        await self._engine.until_ready()
        result = _refusing(change)
        self._engine.changed()
        return result

    # --- queries ---

    @workflow.query(name=names.STATUS, description="Where the workflow stands")
    def status(self) -> Status:
        """Stages, waits and the overall state."""
        return self._engine.status()

    @workflow.query(name=names.TASKS, description="The open human tasks")
    def tasks(self) -> list[Task]:
        """Oldest first."""
        return self._engine.tasks.listed()

    @workflow.query(name=names.AUDIT, description="Who did or tried what, when")
    def audit(self) -> list[Entry]:
        """Oldest first."""
        return self._engine.audit.entries

    @workflow.query(name=names.TURN_CANCELLED, description="Whether a turn was cancelled, and not only paused")
    def _turn_cancelled(self, stage: str, turn: int) -> bool:
        return all(one.turns.has_cancelled(turn) for one in self._engine.stages if one.info.name == stage)


def _refusing(check: Callable[[], T]) -> T:
    """The same, with a refusal as Temporal carries it."""
    try:
        return check()
    except Refused as reason:
        raise _refusal(reason) from None


def _refusal(reason: Refused) -> ApplicationError:
    return ApplicationError(str(reason), type="Refused", non_retryable=True)


def _sender(payload: Any) -> str:
    return str(payload.get("by") or "unknown") if isinstance(payload, dict) else "unknown"
