"""What a workflow asks its worker: short local activities, whose results the history keeps, so that a replay needs no
registry, no calendar and no keys."""

from datetime import timedelta
from typing import Any, TypeVar

from pydantic import BaseModel
from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError, is_cancelled_exception

from orchestrator import names
from orchestrator.calls import Admission, Archived, Evidence, Plan, Planned, Policy
from orchestrator.errors import Refused
from orchestrator.markdown import one_line
from orchestrator.options import Options
from orchestrator.wire import Entry, Ref

M = TypeVar("M", bound=BaseModel)

TIMEOUT = timedelta(seconds=10)
ATTEMPTS = 5
ADMIT_ATTEMPTS = 6
"""How often the keys that a token is to be verified with are looked for: half a minute. (A limit on the whole time is
not kept between the attempts of a local activity.)"""


async def policy_of(graph: str, options: Options | None) -> Policy:
    """A graph's whole policy; without a graph, what holds for the application.

    Raises:
        ApplicationError: Of type BadInput: no such graph, or options that make no sense. *Not retryable.*
    """
    return await _told(names.RESOLVE, Policy, graph, graph, options)


async def planned(plan: Plan) -> Planned:
    """Durations in business time as moments.

    Raises:
        ApplicationError: Of type BadInput: there is no such calendar. *Not retryable.*
    """
    return await _told(names.PLAN, Planned, plan.calendar, plan)


async def admitted(evidence: Evidence, about: str) -> Admission:
    """What a token says, and whether values that travel by reference fit.

    Raises:
        Refused: The token is not good, the values do not fit, or neither can be looked at now.
    """
    try:
        admission: Admission = await workflow.execute_local_activity(
            names.ADMIT,
            evidence,
            result_type=Admission,
            start_to_close_timeout=TIMEOUT,
            retry_policy=RetryPolicy(maximum_attempts=ADMIT_ATTEMPTS),
            summary=one_line(about) or "message",
        )
    except FailureError as error:  # of a local activity, the SDK raises the failure bare, and not in an ActivityError
        if is_cancelled_exception(error):
            raise
        raise Refused(f"It cannot be checked now, send it again: {error.message}") from error
    if admission.refused is not None:
        raise Refused(admission.refused)
    return admission


async def archived(entries: list[Entry]) -> Ref | None:
    """Where entries of the audit trail are kept now; None: the checkpointer is memory, which would forget them.

    Raises:
        Refused: The checkpointer does not answer.
    """
    about = f"audit trail, {entries[0].seq} to {entries[-1].seq}"
    try:
        return (await _told(names.ARCHIVE, Archived, about, entries)).ref
    except FailureError as error:
        if is_cancelled_exception(error):
            raise
        raise Refused(error.message) from error


async def _told(name: str, kind: type[M], about: str, *args: Any) -> M:
    told: M = await workflow.execute_local_activity(
        name,
        args=args,
        result_type=kind,
        start_to_close_timeout=TIMEOUT,
        retry_policy=RetryPolicy(maximum_attempts=ATTEMPTS),
        summary=one_line(about) or "application",
    )
    return told
