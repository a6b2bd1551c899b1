"""What has to be looked at outside before a message counts: tokens, and values that travel by reference."""

from temporalio import workflow

from orchestrator.calls import Admission, Evidence
from orchestrator.errors import Refused
from orchestrator.wire import Assignment, Decision, Event
from orchestrator.workflow.consult import admitted
from orchestrator.workflow.desk import Desk


async def admit(desk: Desk, message: Decision | Assignment) -> Admission | None:
    """What a message's token says; None where nothing is to be looked at.

    Raises:
        Refused: The token is not good, the values do not fit, or neither can be looked at now.
    """
    by_reference = isinstance(message, Decision) and message.values_ref is not None
    if message.token is None and not by_reference:
        return None
    if isinstance(message, Decision) and desk.is_duplicate(message):
        return None
    entry = desk.tasks.addressed(message) if desk.tasks or message.task_id is not None else None
    if by_reference and entry is None:
        raise Refused("No task is open; values that travel by reference need one, to be checked against its form.")
    evidence = Evidence(
        workflow_id=workflow.info().workflow_id,
        token=message.token,
        decision=message if isinstance(message, Decision) and by_reference else None,
        wait=entry.wait if entry else None,
        form=entry.task.form if entry else None,
    )
    if entry is None:
        return await admitted(evidence, "")
    entry.admitting += 1
    try:
        return await admitted(evidence, entry.task.task_id)
    finally:
        entry.admitting -= 1


async def admit_event(event: Event) -> None:
    """Look at a payload that travels by reference.

    Raises:
        Refused: It is not there, or not this workflow's.
    """
    if event.payload_ref is not None:
        evidence = Evidence(workflow_id=workflow.info().workflow_id, payload_ref=event.payload_ref)
        await admitted(evidence, event.name)
