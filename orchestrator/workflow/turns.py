"""The turns of a stage: one activity execution after the other."""

import asyncio
from typing import TYPE_CHECKING, Any

from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

from orchestrator.calls import ResumeValue, Rewind, StageCall, StageOutcome, Standing
from orchestrator.wire import Recovery
from orchestrator.workflow.cancellation import Cancellation
from orchestrator.workflow.failure import Failure, kept_from_retry, standing_of
from orchestrator.workflow.turn import retries_of, start_turn, summary_of

if TYPE_CHECKING:
    from temporalio.workflow import ActivityHandle

    from orchestrator.workflow.stage import Stage

REPAIR_RETRIES = RetryPolicy(maximum_attempts=3)
"""An operator waits for it."""


class Turns:
    """Those of one stage in one run; made in the task that runs the stage."""

    def __init__(self, stage: "Stage") -> None:
        self._stage = stage
        self._activity: ActivityHandle[StageOutcome] | None = None
        self._draining = False
        self._cancellation = Cancellation()
        self.taken = False
        """Whether there was one."""
        self.rewind: Rewind | None = None
        """What a reset to the latest wait will have to go back to."""

    @property
    def running(self) -> bool:
        """Whether a turn is under way."""
        return self._activity is not None

    async def take(self, answers: list[ResumeValue]) -> StageOutcome:
        """What the next turn comes to.

        Raises:
            ActivityError: It failed.
            CancelledError: It was cancelled.
        """
        call = self._next_call(answers=answers)
        self._draining = False
        self._activity = start_turn(self._stage.policy, call, summary=summary_of(self._stage.info, call.turn))
        try:
            outcome = await self._activity
        except (ActivityError, asyncio.CancelledError) as error:
            self._cancellation.check(error)  # first of all: a time-out of a cancelled activity is no reason to park
            outcome = await self._after(error)
        finally:
            self._activity = None
        self._stage.engine.heard_a_result()
        self._cancellation.check()
        if outcome.state == "waiting":
            self.rewind = outcome.rewind
        steps = max(outcome.steps, self._stage.info.steps)
        self._stage.show(thread_id=outcome.thread_id, checkpoint_id=outcome.checkpoint_id, steps=steps)
        return outcome

    async def repair(self, recovery: Recovery) -> StageOutcome:
        """What the graph's worker has done to a copy of the thread.

        Raises:
            ActivityError: It could not be done.
        """
        summary = f"{recovery.action}, by {recovery.by}"
        return await start_turn(
            self._stage.policy, self._next_call(repair=recovery), summary=summary, retries=REPAIR_RETRIES
        )

    def drain(self) -> None:
        """Have the running turn end at its next super-step; it answers with an outcome and not with a cancellation."""
        if self._activity is not None and not self._activity.done():
            self._draining = True
            self._activity.cancel()

    def has_cancelled(self, turn: int) -> bool:
        """Whether a turn that was told to stop is to end at once, and not only at its next super-step."""
        return self._cancellation.requested or not self.running or self._stage.info.attempt != turn

    def _next_call(self, **more: Any) -> StageCall:
        """What the next activity execution is given."""
        self.taken = True
        self._stage.show(attempt=self._stage.info.attempt + 1)
        info = self._stage.info
        stands = {"thread_id": info.thread_id, "checkpoint_id": info.checkpoint_id, "rewind": self.rewind}
        return self._stage.call.model_copy(update={"turn": info.attempt, **stands, **more})

    async def _after(self, error: ActivityError | asyncio.CancelledError) -> StageOutcome:
        """What a turn came to that ended with an error: drained, if it would not have ended but for a pause.

        Raises:
            ActivityError: It failed.
            CancelledError: Its activity was cancelled, and not by us.
        """
        stands = standing_of(error)
        checkpoint_id = stands.checkpoint_id or self._stage.info.checkpoint_id
        self._stage.show(checkpoint_id=checkpoint_id, steps=max(stands.steps, self._stage.info.steps))
        stopped = is_cancelled_exception(error)
        if self._draining and (stopped or await self._kept_from_retry(error, stands)):
            self._stage.show(error=None if stopped else str(Failure.of(error)))
            return StageOutcome(state="drained", thread_id=self._stage.info.thread_id, checkpoint_id=checkpoint_id)
        if stopped:
            raise asyncio.CancelledError("the stage's activity was cancelled") from error
        raise error

    async def _kept_from_retry(self, error: ActivityError | asyncio.CancelledError, stands: Standing) -> bool:
        return kept_from_retry(error, stands, retries_of(await self._stage.recorded_policy()))
