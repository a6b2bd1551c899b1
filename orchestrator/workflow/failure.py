"""Why a stage failed."""

from dataclasses import dataclass

from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, RetryState, TimeoutType
from temporalio.exceptions import TimeoutError as TemporalTimeoutError

from orchestrator.calls import Standing
from orchestrator.wire import Parking


class StageFailed(ApplicationError):
    """A stage failed for good: its policy says `fail`, or an operator aborted it. `type` is the failure's name."""


class ParkedByOperator(Exception):
    """An operator has stopped the stage; it parks, whatever its policy says."""

    def __init__(self, parking: Parking) -> None:
        super().__init__(f"{parking.reason} (by {parking.by})")
        self.by = parking.by


@dataclass(frozen=True)
class Failure:
    """Why a turn failed, in Temporal's words."""

    type: str
    message: str

    def __str__(self) -> str:
        return f"{self.type}: {self.message}"

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        """The innermost named cause."""
        cause = error.cause if isinstance(error, ActivityError) else error
        if isinstance(cause, ApplicationError):
            return cls(cause.type or "NodeFailed", cause.message)
        if isinstance(cause, TemporalTimeoutError):
            kind = cause.type.name.lower().replace("_", "-") if cause.type is not None else "unknown"
            return cls(
                "ActivityTimeout", f"{cause.message} ({kind} time-out): the worker died or the node took too long"
            )
        return cls(type(cause).__name__ if cause else "NodeFailed", str(cause or error))


def standing_of(error: BaseException) -> Standing:
    """Where the thread stood at a failure of the graph's activity, as far as it could tell, or had told before it was
    lost."""
    cause = error.cause if isinstance(error, ActivityError) else None
    details = cause.details if isinstance(cause, ApplicationError) else ()
    if isinstance(cause, TemporalTimeoutError):
        details = cause.last_heartbeat_details
    return Standing.model_validate(details[0]) if details and isinstance(details[0], dict) else Standing()


def kept_from_retry(error: BaseException, stands: Standing, retries: RetryPolicy) -> bool:
    """Whether Temporal would have tried the activity again, had it not been asked to stop: then it never does, be it
    that the worker was lost or that the graph failed."""
    if not isinstance(error, ActivityError) or error.retry_state != RetryState.CANCEL_REQUESTED:
        return False
    if 0 < retries.maximum_attempts <= stands.attempt:
        return False
    if isinstance(error.cause, TemporalTimeoutError):
        return error.cause.type != TimeoutType.SCHEDULE_TO_CLOSE
    return isinstance(error.cause, ApplicationError) and not error.cause.non_retryable
