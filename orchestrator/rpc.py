"""What Temporal's client raises, as errors of ours: what happened, with which value, what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.client import (
    RPCTimeoutOrCancelledError,
    ScheduleAlreadyRunningError,
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
)
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    ChildWorkflowError,
    FailureError,
    TerminatedError,
    WorkflowAlreadyStartedError,
)
from temporalio.exceptions import TimeoutError as TemporalTimeoutError
from temporalio.service import RPCError, RPCStatusCode

from orchestrator.connect import Unreachable
from orchestrator.errors import OrchestratorError, Refused

TIMED_OUT = (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED)
DENIED = (RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNAUTHENTICATED)


class NotFound(OrchestratorError):
    """There is no such workflow or schedule, or the workflow has ended. *Not retryable.*"""


class AlreadyExists(OrchestratorError):
    """A workflow of that id runs already, or there is a schedule of that id. *Not retryable.*"""


class NoWorker(OrchestratorError):
    """The server has the workflow, but no worker answers for it. *Retryable.*"""


class Failing(NoWorker):
    """The workflow's own code fails in every worker that tries it, so that it takes nothing and answers nothing.
    *Retryable,* once that is mended."""


class WorkflowFailed(OrchestratorError):
    """A workflow that was waited for did not complete. *Not retryable;* `failure` is the failure's type."""

    def __init__(self, workflow_id: str, failure: str, message: str) -> None:
        super().__init__(f"Workflow {workflow_id!r} {message}")
        self.failure = failure


@contextmanager
def translated(what: str, listed_by: str = "orchestrator list") -> Iterator[None]:
    """Raise errors of ours for Temporal's.

    Args:
        what: What the call is about, as a message begins with it: "Workflow 'loan-1'".
        listed_by: The command that shows what there is of the kind.
    """
    try:
        yield
    except WorkflowUpdateFailedError as error:
        raise Refused(f"{what}: {_reason(error.cause)}") from error
    except WorkflowQueryFailedError as error:
        why = str(error).rstrip(".")
        raise Refused(
            f"{what} does not answer that: {why}. Is it a workflow of ours (a GraphRun or a Process)?"
        ) from error
    except WorkflowAlreadyStartedError as error:
        raise AlreadyExists(
            f"Workflow {error.workflow_id!r} is running already: look at it with `orchestrator status "
            f"{error.workflow_id}`, or give the new one another id."
        ) from error
    except ScheduleAlreadyRunningError as error:
        raise AlreadyExists(f"{what} exists already: delete it first, or choose another id.") from error
    except RPCTimeoutOrCancelledError as error:
        raise no_worker(what) from error
    except RPCError as error:
        raise _of_rpc(what, error, listed_by) from error


def _of_rpc(what: str, error: RPCError, listed_by: str) -> OrchestratorError:
    status, message = error.status, error.message.rstrip(".")
    if status == RPCStatusCode.NOT_FOUND:
        return NotFound(_missing(what, message, listed_by))
    if status in TIMED_OUT or (status == RPCStatusCode.FAILED_PRECONDITION and "poller" in message):
        return no_worker(what)
    if status == RPCStatusCode.UNAVAILABLE:
        return Unreachable(f"Temporal does not answer: {message}. Is the server up?")
    if status in DENIED:
        return Refused(f"{what}: Temporal denied access: {message}. Check TEMPORAL_API_KEY or the profile.")
    if "Workflow Task in failed state" in message:
        return Failing(f"{what} cannot go on: its workflow task fails again and again.")
    return Refused(f"{what}: Temporal refused: {message}.")


def _missing(what: str, message: str, listed_by: str) -> str:
    if "already completed" in message and what.startswith("Workflow"):  # of a deleted schedule it says so too
        return f"{what} has ended and takes no more messages."
    if "namespace" in message.lower():
        return f"{message}; check TEMPORAL_NAMESPACE, or create it with `temporal operator namespace create`."
    return f"{what} does not exist here; `{listed_by}` shows what does."


def no_worker(what: str) -> NoWorker:
    """Nobody answered in time."""
    return NoWorker(f"{what}: no worker answered in time; start one with `orchestrator worker`, or see what it logs.")


def failing(workflow_id: str, why: str) -> Failing:
    """A worker has the workflow, and its code fails there."""
    return Failing(f"Workflow {workflow_id!r} cannot go on: its workflow task fails: {why.rstrip('.')}. Mend its code.")


def failed(workflow_id: str, error: WorkflowFailureError) -> WorkflowFailed:
    """Why a workflow did not complete, from its innermost named cause."""
    cause: BaseException | None = error.cause
    if isinstance(cause, CancelledError):
        return WorkflowFailed(workflow_id, "Cancelled", "was cancelled.")
    if isinstance(cause, TerminatedError):
        return WorkflowFailed(workflow_id, "Terminated", f"was terminated: {cause.message}.")
    while isinstance(cause, ActivityError | ChildWorkflowError) and cause.cause is not None:
        cause = cause.cause
    kind = (cause.type if isinstance(cause, ApplicationError) else None) or type(cause).__name__
    return WorkflowFailed(workflow_id, kind, f"failed: {kind}: {_reason(cause)}")


def _reason(cause: BaseException | None) -> str:
    if isinstance(cause, TemporalTimeoutError):
        return f"it ran out of time ({cause.message})."
    return cause.message if isinstance(cause, FailureError) else str(cause)
