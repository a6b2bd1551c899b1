"""One durable run of a graph: one LangGraph thread, one activity execution and one more for each wait, drain or
recovery."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception
from temporalio.exceptions import TimeoutError as TemporalTimeoutError

from orchestrator.calls import Policy, ResumeValue, Rewind, StageCall, StageOutcome, Wait
from orchestrator.human import HumanDefaults
from orchestrator.options import Retry
from orchestrator.requests import AskRequest, EventRequest, SleepRequest
from orchestrator.wire import Recovery, Ref, StageInfo
from orchestrator.workflow.answering import resume
from orchestrator.workflow.desk import Overdue
from orchestrator.workflow.titles import title_of

if TYPE_CHECKING:
    from orchestrator.workflow.engine import Engine


class StageFailed(ApplicationError):
    """A stage failed for good: its policy says `fail`, or an operator aborted it. `type` is the failure's name."""


@dataclass(frozen=True)
class StageResult:
    """What a stage came to."""

    output: Any
    output_ref: Ref | None
    thread_id: str
    checkpoint_id: str


@dataclass(frozen=True)
class Failure:
    """Why a turn failed, in Temporal's words."""

    type: str
    message: str

    @classmethod
    def of(cls, error: ActivityError) -> "Failure":
        """The innermost named cause."""
        cause = error.cause
        if isinstance(cause, ApplicationError):
            return cls(cause.type or "NodeFailed", cause.message)
        if isinstance(cause, TemporalTimeoutError):
            kind = cause.type.name.lower().replace("_", "-") if cause.type is not None else "unknown"
            return cls(
                "ActivityTimeout", f"{cause.message} ({kind} time-out): the worker died or the node took too long"
            )
        return cls(type(cause).__name__ if cause else "NodeFailed", str(cause or error))


class Stage:
    """A stage while it runs. Its state is what `status` shows."""

    def __init__(self, engine: "Engine", name: str, policy: Policy, call: StageCall) -> None:
        self.engine = engine
        self.policy = policy
        self.call = call
        self.info = StageInfo(name=name, graph=policy.graph, thread_id=call.thread_id, attempt=0)
        self.activity: workflow.ActivityHandle[StageOutcome] | None = None
        self.recovery: asyncio.Future[Recovery] | None = None
        self._rewind: Rewind | None = None
        self._waits: dict[str, tuple[Wait, asyncio.Task[Any]]] = {}

    async def run(self) -> StageResult:
        """Turn after turn until the graph is done.

        Raises:
            StageFailed: It failed, and its policy does not park it, or an operator aborted it.
        """
        answers: list[ResumeValue] = []
        try:
            while True:
                try:
                    outcome = await self._turn(answers)
                    if outcome.state == "completed":
                        self._show(state="completed", error=None)
                        return StageResult(
                            outcome.output, outcome.output_ref, outcome.thread_id, outcome.checkpoint_id or ""
                        )
                    if outcome.refused is not None:
                        self.engine.audit.record("refused", detail={"stage": self.info.name, "reason": outcome.refused})
                    if outcome.state == "waiting":
                        answers = []
                        answers = await self._await_any(outcome.waits)
                except (ActivityError, Overdue) as error:
                    await self._failed(error)
        except asyncio.CancelledError:
            self._show(state="cancelled")
            self._withdraw(*self._waits)
            raise
        except Exception:
            self._withdraw(*self._waits)
            raise

    def pause(self) -> None:
        """Drain the running activity; it answers with an outcome and not with a cancellation."""
        if self.activity is not None and not self.activity.done():
            self.activity.cancel()

    def recover(self, recovery: Recovery) -> None:
        """Hand a parked stage what an operator wants done with it."""
        assert self.recovery is not None
        self.recovery.set_result(recovery)
        self._show(state="running" if recovery.action == "retry" else "failed")

    # --- one turn ---

    async def _turn(self, answers: list[ResumeValue]) -> StageOutcome:
        await self.engine.until_not_paused()
        turn = self.info.attempt + 1
        self._show(state="running", attempt=turn, error=None)
        call = self.call.model_copy(
            update={
                "turn": turn,
                "answers": answers,
                "thread_id": self.info.thread_id,
                "checkpoint_id": self.info.checkpoint_id,
                "rewind": self._rewind,
            }
        )
        self.activity = self._start(call)
        try:
            outcome = await self.activity
        except ActivityError as error:
            if not is_cancelled_exception(error):
                raise
            _raise_if_cancelled()
            if not self.engine.paused:
                raise asyncio.CancelledError("the stage's activity was cancelled") from error
            outcome = StageOutcome(state="drained", thread_id=call.thread_id, checkpoint_id=call.checkpoint_id)
        finally:
            self.activity = None
        _raise_if_cancelled()
        if outcome.state == "waiting":
            self._rewind = outcome.rewind
        self._show(
            thread_id=outcome.thread_id, checkpoint_id=outcome.checkpoint_id, steps=max(outcome.steps, self.info.steps)
        )
        return outcome

    def _start(self, call: StageCall) -> "workflow.ActivityHandle[StageOutcome]":
        options = self.policy.options
        return workflow.start_activity(
            self.policy.graph,
            call,
            result_type=StageOutcome,
            task_queue=options.task_queue or self.policy.task_queue,
            start_to_close_timeout=options.start_to_close_timeout,
            schedule_to_close_timeout=options.schedule_to_close_timeout,
            heartbeat_timeout=options.heartbeat_timeout,
            retry_policy=_retry_policy(options.retry or Retry()),
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=self._summary(call.turn),
        )

    def _summary(self, turn: int) -> str | None:
        """What stands beside the graph's name in the Web UI: the stage, where it is called otherwise, and the turn."""
        name = "" if self.info.name == self.policy.graph else self.info.name
        return ", ".join(part for part in (name, f"turn {turn}" if turn > 1 else "") if part) or None

    # --- waits ---

    async def _await_any(self, waits: list[Wait]) -> list[ResumeValue]:
        """Open what is new, withdraw what is gone, and return the answers as soon as there is one."""
        wanted = {wait.interrupt_id: wait for wait in waits}
        self._withdraw(*(known for known in self._waits if known not in wanted))
        for interrupt_id, wait in wanted.items():
            if interrupt_id not in self._waits:
                self._waits[interrupt_id] = (wait, asyncio.create_task(self._serve(wait)))
        self._show(state="waiting")
        await workflow.wait([task for _, task in self._waits.values()], return_when=asyncio.FIRST_COMPLETED)
        done = [(key, wait, task) for key, (wait, task) in self._waits.items() if task.done()]
        # An answer that comes in the same moment as another question's due date is not lost with it: it goes first.
        answered = [found for found in done if found[2].exception() is None] or done
        for key, _, _ in answered:
            self._waits.pop(key)
        return [resume(wait, task.result()) for _, wait, task in answered]

    def _withdraw(self, *interrupt_ids: str) -> None:
        """Stop waiting for what the graph no longer asks."""
        for interrupt_id in list(interrupt_ids):
            self._waits.pop(interrupt_id)[1].cancel()

    async def _serve(self, wait: Wait) -> Any:
        """What the graph receives for one wait."""
        stage = self.info.name
        match wait.request:
            case SleepRequest() as timer:
                return await self.engine.sleep(timer, stage)
            case EventRequest() as event:
                return await self.engine.wait_for(event, stage)
            case AskRequest() as ask:
                request = ask
            case None:
                request = AskRequest(title=title_of(wait), payload=wait.payload, form=wait.form)
        defaults = self.policy.options.human or HumanDefaults()
        settled = await self.engine.desk.serve(wait, request, defaults, stage)
        if wait.source == "breakpoint" and settled.decision.action == "reject":
            raise StageFailed(f"{settled.decision.by} rejected {request.title!r}.", type="Rejected", non_retryable=True)
        return settled

    # --- failure ---

    async def _failed(self, error: ActivityError | Overdue) -> None:
        """Park until an operator says to try again, or fail."""
        if isinstance(error, Overdue):
            failure, parks = Failure("TaskOverdue", str(error)), error.then == "park"
        else:
            failure, parks = Failure.of(error), self.policy.options.on_failure == "park"
        reason = f"{failure.type}: {failure.message}"
        if parks:
            recovery = await self._park(reason)
            if recovery.action == "retry":
                return
            reason = f"aborted by {recovery.by} ({recovery.reason}) after {reason}"
        self._show(state="failed", error=reason)
        message = f"Stage {self.info.name!r} failed: {failure.message if not parks else reason}"
        raise StageFailed(message, type=failure.type, non_retryable=True) from error

    async def _park(self, reason: str) -> Recovery:
        self.engine.audit.record("parked", detail={"stage": self.info.name, "reason": reason})
        self.recovery = asyncio.get_running_loop().create_future()
        self._show(state="parked", error=reason)
        self.engine.notifier.tell("parked", to=[], stage=self.info.name, detail=reason)
        try:
            return await self.recovery
        finally:
            self.recovery = None

    def _show(self, **changes: Any) -> None:
        self.info = self.info.model_copy(update=changes)
        self.engine.changed()


def _retry_policy(retry: Retry) -> RetryPolicy:
    given = retry.model_dump(exclude_none=True)
    return RetryPolicy(**given)


def _raise_if_cancelled() -> None:
    """A cancellation that arrived while an activity was completing would otherwise be lost with its result."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
