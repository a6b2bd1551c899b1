"""Outcomes, messages and failures in a few words, as the lines of a history have them."""

from typing import Any

from temporalio.api.enums.v1 import TimeoutType
from temporalio.api.failure.v1 import Failure

from orchestrator.markdown import one_line


def outcome_in_words(outcome: dict[str, Any]) -> str:
    """What a turn has come to."""
    match outcome.get("state"):
        case "waiting":
            waits = ", ".join(map(_wait, outcome.get("waits") or []))
            return one_line(f"waits for {waits}" if waits else "waits", 300)
        case "completed":
            steps = outcome.get("steps")
            return f"completed, {steps} step{'' if steps == 1 else 's'} in all"
        case "drained":
            return "drained: it goes on with the next activity"
        case "repaired":
            return f"done, on thread {outcome.get('thread_id')}"
    return "ended"


def _wait(wait: dict[str, Any]) -> str:
    request, payload = wait.get("request") or {}, wait.get("payload")
    match wait.get("kind"):
        case "timer":
            return "a timer"
        case "event":
            return f"event {request.get('name')!r}"
    title = request.get("title") or (payload if isinstance(payload, str) else None)
    return f"task {title!r}" if title else "a task"


def message_in_words(given: dict[str, Any]) -> str:
    """What is in a message, as far as it is for a list."""
    parts = [
        str(given.get("name") or given.get("action") or ""),
        f"task {given['task_id']}" if given.get("task_id") else "",
        f"stage {given['stage']}" if given.get("stage") else "",
        f"to checkpoint {given['checkpoint_id']}" if given.get("checkpoint_id") else "",
    ]
    said = " ".join(part for part in parts if part)
    why = given.get("reason") or given.get("comment")
    return f"{f': {said}' if said else ''}{f' ({why})' if why else ''}"


def why(failure: Failure) -> str:
    """The innermost named cause of a failure."""
    while failure.HasField("cause"):
        failure = failure.cause
    kind = failure.application_failure_info.type
    if failure.HasField("timeout_failure_info"):
        name = TimeoutType.Name(failure.timeout_failure_info.timeout_type)
        kind = f"{name.removeprefix('TIMEOUT_TYPE_').lower().replace('_', '-')} time-out"
    return one_line(": ".join(filter(None, (kind, failure.message))), 300)


def failure_details(failure: Failure) -> dict[str, Any]:
    """The same, for programs."""
    while failure.HasField("cause"):
        failure = failure.cause
    return {"type": failure.application_failure_info.type or None, "message": failure.message}


def because(reason: str) -> str:
    """A reason behind a line, if one was given."""
    return f": {one_line(reason)}" if reason else ""
