"""One durable run of a graph: one LangGraph thread, one activity execution and one more for each wait, drain or
recovery."""

import asyncio
from typing import TYPE_CHECKING, Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from orchestrator.answer import ENGINE
from orchestrator.calls import Policy, ResumeValue, StageCall, StageOutcome, Wait
from orchestrator.errors import Refused
from orchestrator.human import HumanDefaults
from orchestrator.options import Options
from orchestrator.telemetry.metrics import STAGE_STATES, STAGE_WAIT, STAGES_PARKED
from orchestrator.wire import Parking, Recovery, StageInfo
from orchestrator.workflow.carried import CarriedStage
from orchestrator.workflow.failure import Failure, ParkedByOperator, StageFailed
from orchestrator.workflow.open_tasks import Overdue
from orchestrator.workflow.stage_result import StageResult
from orchestrator.workflow.stage_waits import StageWaits
from orchestrator.workflow.turn import limits_of
from orchestrator.workflow.turns import Turns

if TYPE_CHECKING:
    from orchestrator.workflow.engine import Engine


class Stage:
    """A stage while it runs; made in the task that runs it. Its state is what `status` shows."""

    def __init__(
        self, engine: "Engine", name: str, policy: Policy, call: StageCall, options: Options | None = None
    ) -> None:
        self.engine = engine
        self.policy = policy
        self.call = call
        self._options = options
        self.info = StageInfo(name=name, graph=policy.graph, thread_id=call.thread_id, attempt=0)
        self.turns = Turns(self)
        self.recovery: asyncio.Future[Recovery] | None = None
        self._waits = StageWaits(engine, name, policy.options.human or HumanDefaults(), {})
        self._asked: list[Wait] = []
        self._answers: list[ResumeValue] = []
        self._parking: Parking | None = None
        self._parked: Failure | None = None
        self._amended = False
        self.repairing = False

    @classmethod
    def continued(cls, engine: "Engine", carried: CarriedStage) -> "Stage":
        """A stage that began in the run before, and waits or is parked."""
        stage = cls(engine, carried.info.name, carried.policy, carried.call)
        stage.info = carried.info
        stage.turns.rewind = carried.rewind
        stage._waits.since.update(carried.since)
        stage._asked, stage._answers = carried.waits, carried.answers
        stage._parked = Failure(*carried.parked) if carried.parked else None
        return stage

    def carried(self) -> CarriedStage:
        """What the next run needs in order to go on."""
        holder = workflow.info().run_id if self.turns.taken else self.call.continued_from
        return CarriedStage(
            info=self.info,
            policy=self.policy,
            call=self.call.model_copy(update={"continued_from": holder}),
            rewind=self.turns.rewind,
            waits=self._waits.open,
            since=self._waits.since,
            answers=self._answers,
            parked=(self._parked.type, self._parked.message) if self._parked else None,
        )

    @property
    def over(self) -> bool:
        """Whether it has ended, one way or another."""
        return self.info.state in ("completed", "failed", "cancelled")

    @property
    def parks(self) -> bool:
        """Whether it is parked, or will be."""
        return self.recovery is not None or self._parking is not None

    @property
    def rests(self) -> bool:
        """Whether nothing of it moves: it is parked, or waits and no answer has come."""
        if self._waits.answered:
            return False
        if self.recovery is not None:
            return not self.recovery.done()
        return self._waits.awaited

    async def run(self) -> StageResult:
        """Turn after turn until the graph is done. Its events, those of its timers included, are one event group.

        Raises:
            StageFailed: It failed, and its policy does not park it, or an operator aborted it.
        """
        with workflow.create_event_group(self.info.name).scope():
            return await self._run()

    async def _run(self) -> StageResult:
        try:
            self._waits.go_on(self._asked)
            self.engine.ready = True
            while True:
                try:
                    if self._parked is not None:
                        await self._until_recovered(self._parked)
                        self._asked = []  # the answers of the run before go first; the turn tells what is still asked
                    if self._asked:
                        asked, self._asked, self._answers = self._asked, [], []
                        self._answers = await self._answers_to(asked)
                    outcome = await self._turn()
                    self._record(outcome)
                    if outcome.state == "completed":
                        self._completed()
                        return StageResult(
                            outcome.output, outcome.output_ref, outcome.thread_id, outcome.checkpoint_id or ""
                        )
                    self._asked = outcome.waits if outcome.state == "waiting" else []
                except StageFailed:
                    raise
                except (ActivityError, Overdue, ParkedByOperator, ApplicationError) as error:
                    await self.recorded_policy()
                    self._failed(error)
        except asyncio.CancelledError:
            self.show(state="cancelled")
            self._waits.withdraw()
            raise
        except Exception:
            self._waits.withdraw()
            raise

    def park(self, parking: Parking) -> None:
        """Stop it where it can be recovered: at the next super-step, or at once where it waits."""
        self._parking = parking
        self.turns.drain()
        self._waits.call_off()

    async def recover(self, recovery: Recovery) -> None:
        """Do to a parked stage what an operator wants.

        Raises:
            Refused: It cannot be done; the stage stays parked.
        """
        parked = self.recovery
        assert parked is not None
        self._answers += self._waits.take_answers(self._answers)  # those that came meanwhile are as good as held
        if recovery.action not in ("retry", "abort"):
            await self._repair(recovery)
        if parked.done():  # cancelled meanwhile
            raise Refused(f"Stage {self.info.name!r} is no longer parked.")
        parked.set_result(recovery)
        self.show(state="failed" if recovery.action == "abort" else "running")

    async def _repair(self, recovery: Recovery) -> None:
        """Have the graph's worker do it to a copy of the thread."""
        self.repairing = True
        try:
            outcome = await self.turns.repair(recovery)
        except ActivityError as error:
            raise Refused(Failure.of(error).message) from error
        finally:
            self.repairing = False
        self._amended |= recovery.action == "amend"
        if recovery.action == "rewind":
            self._answers = []
            self._waits.withdraw()
        self._answers = [
            answer
            for answer in self._answers
            if answer.location is None or answer.location.task_id not in outcome.skipped
        ]
        self.show(thread_id=outcome.thread_id, checkpoint_id=outcome.checkpoint_id)

    async def _turn(self) -> StageOutcome:
        if self.engine.operations.paused:
            self.show(state="paused")
        await workflow.wait_condition(lambda: not self.engine.operations.paused or self._parking is not None)
        self._check_parking()
        self.show(state="running", error=None)
        return await self.turns.take(self._answers)

    async def _answers_to(self, asked: list[Wait]) -> list[ResumeValue]:
        self._check_parking()
        self._waits.set(asked, amended=self._amended)
        self._amended = False
        self.show(state="waiting")
        await self._waits.until_answered()
        if not self._waits.answered:
            self._check_parking()
        now = workflow.now()
        self.engine.measures.waited(STAGE_WAIT, now - (self.info.since or now), graph=self.policy.graph)
        return self._waits.take()

    def _completed(self) -> None:
        self._waits.withdraw()  # what a skipped node had asked
        self.show(state="completed", error=None)
        if self._parking is not None:
            reason = "It had completed before it could be parked."
            self.engine.audit.record("refused", by=self._parking.by, detail={"stage": self.info.name, "reason": reason})

    def _record(self, outcome: StageOutcome) -> None:
        """Put what a turn has done besides its work into the audit trail."""
        if outcome.policy is not None:
            self.engine.policies.record(outcome.policy.graph, self._options, outcome.policy)
            self._go_by(outcome.policy)
        if outcome.migrated:
            self.engine.audit.record("migrated", detail={"stage": self.info.name, "by": outcome.migrated})
        if outcome.refused is not None:
            self.engine.audit.record("refused", detail={"stage": self.info.name, "reason": outcome.refused})

    # --- the policy ---

    async def recorded_policy(self) -> Policy:
        """The one that the history has, from now on."""
        if self.call.policy is not None:
            self._go_by(await self.engine.policies.recorded_or_default(self.policy.graph, self._options))
        return self.policy

    def _go_by(self, policy: Policy) -> None:
        self.policy = policy
        self._waits.defaults = policy.options.human or HumanDefaults()
        self.call = self.call.model_copy(update={"policy": None, **limits_of(policy)})

    # --- failure ---

    def _check_parking(self) -> None:
        """Stop if an operator wants it.

        Raises:
            ParkedByOperator: It is so.
        """
        if self._parking is not None:
            raise ParkedByOperator(self._parking)

    def _failed(self, error: ActivityError | Overdue | ParkedByOperator | ApplicationError) -> None:
        """Park, or fail.

        Raises:
            StageFailed: The policy is to fail.
        """
        by = ENGINE
        if isinstance(error, ParkedByOperator):
            failure, parks, by = Failure(type(error).__name__, str(error)), True, error.by
        elif isinstance(error, Overdue):
            failure, parks = Failure("TaskOverdue", str(error)), error.then == "park"
        else:
            failure = Failure.of(error)
            parks = self.policy.options.on_failure == "park" and not self._cannot_begin(failure)
        if not parks:
            self.show(state="failed", error=str(failure))
            message = f"Stage {self.info.name!r} failed: {failure.message}"
            raise StageFailed(message, type=failure.type, non_retryable=True) from error
        self._parked = failure
        self.engine.measures.count(STAGES_PARKED, graph=self.policy.graph, failure=failure.type)
        self.engine.audit.record("parked", by=by, detail={"stage": self.info.name, "reason": str(failure)})
        self.engine.notifier.tell("parked", to=[], stage=self.info.name, detail=str(failure))

    def _cannot_begin(self, failure: Failure) -> bool:
        """Whether it is a fork of what is not there, or with values that do not fit: nothing could bring it on."""
        senseless = self.call.fork is not None and failure.type == "BadInput" and self.info.checkpoint_id is None
        return senseless and workflow.patched("fork-fails")

    async def _until_recovered(self, failure: Failure) -> None:
        """Wait for an operator.

        Raises:
            StageFailed: The operator aborts it.
        """
        self._parking = None
        self.recovery = asyncio.get_running_loop().create_future()
        self.show(state="parked", error=str(failure))
        try:
            recovery = await self.recovery
        finally:
            self.recovery = None
        self._parked = None
        if recovery.action != "abort":
            return
        reason = f"aborted by {recovery.by} ({recovery.reason}) after {failure}"
        self.show(state="failed", error=reason)
        message = f"Stage {self.info.name!r} failed: {reason}"
        raise StageFailed(message, type=failure.type, non_retryable=True)

    def show(self, **changes: Any) -> None:
        if changes.get("state", self.info.state) != self.info.state or self.info.since is None:
            changes["since"] = workflow.now()
        before, self.info = self.info.state, self.info.model_copy(update=changes)
        if self.info.state != before:
            state, known = self.info.state, {"stage": self.info.name, "thread_id": self.info.thread_id}
            self.engine.measures.count(STAGE_STATES, graph=self.policy.graph, state=state)
            workflow.logger.info("stage %s", state, extra=known)
        self.engine.changed()
