"""Why a stage failed."""

from dataclasses import dataclass

from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.exceptions import TimeoutError as TemporalTimeoutError


class StageFailed(ApplicationError):
    """A stage failed for good: its policy says `fail`, or an operator aborted it. `type` is the failure's name."""


@dataclass(frozen=True)
class Failure:
    """Why a turn failed, in Temporal's words."""

    type: str
    message: str

    def __str__(self) -> str:
        return f"{self.type}: {self.message}"

    @classmethod
    def of(cls, error: ActivityError | ApplicationError) -> "Failure":
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
