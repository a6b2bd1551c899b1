"""What a graph node may wait for. Each verb is LangGraph's `interrupt()` with a request that the workflow understands.

As with any `interrupt()`, the node runs again from its start when the answer is there: what stands before a wait must
be safe to repeat (see `idempotency_key`). Never catch bare `Exception` around a wait: the pause is an exception.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Unpack, overload

from langgraph.config import get_config
from langgraph.types import interrupt
from pydantic import ValidationError

from orchestrator.answer import ENGINE, Answer, FormT, to_answer
from orchestrator.human import DefaultAnswer, Escalation, Quorum, Route
from orchestrator.model import reasons
from orchestrator.questions import QuestionChanged, note_taken, unpack_answer
from orchestrator.requests import (
    AskDetails,
    AskRequest,
    EventRequest,
    SleepRequest,
    ask_request,
    asked_again,
    aware,
    pack,
    question_of,
)

__all__ = [
    "Answer",
    "DefaultAnswer",
    "Escalation",
    "Quorum",
    "Route",
    "ask",
    "idempotency_key",
    "sleep",
    "wait_for",
]

KEY_ROOT = "orchestrator_key_root"
"""Key of `config["configurable"]`: what idempotency keys of this stage are derived from."""


@overload
def ask(title: str, *, form: type[FormT], **details: Unpack[AskDetails]) -> Answer[FormT]: ...
@overload
def ask(title: str, *, form: dict[str, Any] | None = None, **details: Unpack[AskDetails]) -> Answer[Any]: ...
def ask(title: str, *, form: type[Any] | dict[str, Any] | None = None, **details: Unpack[AskDetails]) -> Answer[Any]:
    """A human's answer to `title`.

    Args:
        title: The question, in one line.
        form: What the answer's `values` must look like: a pydantic model, dataclass or TypedDict (the answer then
            carries an instance), or a JSON Schema.
        details: Assignees, due date, reminders and so on: see `AskDetails`.
    """
    request = ask_request(title, form, details)
    while True:
        value = _answer_to(request)
        try:
            return to_answer(value, form)
        except ValidationError as error:
            if value.get("by") == ENGINE:
                raise TypeError(f"on_due of {title!r} does not fit the form: {reasons(error)}") from error
            # The form's own validators are code, which only the node can run. The answer is consumed, so ask again.
            request = asked_again(request, str(value.get("by")), error)


def sleep(until: timedelta | datetime) -> None:
    """Wait for a duration, or until an aware moment. No worker holds anything meanwhile."""
    if isinstance(until, timedelta):
        _answer_to(SleepRequest(duration=until))
    else:
        _answer_to(SleepRequest(until=aware(until, "until")))


def wait_for(name: str, *, timeout: timedelta | None = None) -> Any:
    """The payload of the next event called `name`, or None when none came within `timeout`.

    Events that came before the wait began are kept in order and satisfy it at once.
    """
    return _answer_to(EventRequest(name=name, timeout=timeout))


def _answer_to(request: AskRequest | SleepRequest | EventRequest) -> Any:
    """What came for a request.

    Raises:
        QuestionChanged: It came for another one.
    """
    asks = question_of(request)
    answers, value = unpack_answer(interrupt(pack(request)))
    if answers is None and value is not None and not isinstance(request, AskRequest) and _in_a_stage():
        answers = "an interrupt(…)"  # whose answers say nothing; what `ask` cannot use, it refuses itself
    if answers is not None and answers != asks:
        raise QuestionChanged(f"{asks} would take the answer to {answers}.")
    note_taken(get_config()["configurable"].get("checkpoint_ns", ""))
    return value


def _in_a_stage() -> bool:
    """Whether this engine runs the graph, and not somebody's test of it alone."""
    return KEY_ROOT in get_config()["configurable"]


def idempotency_key(name: str) -> str:
    """A key for a side effect: 32 hexadecimal digits, the same on every attempt, retry and resume of this node
    execution, and another one in every other execution (also of the same node in a loop).

    Args:
        name: Tells the side effects of one node execution apart.
    """
    try:
        configurable = get_config()["configurable"]
    except RuntimeError as error:
        raise RuntimeError("idempotency_key() works only inside a graph node, while the graph runs.") from error
    root = configurable.get(KEY_ROOT) or configurable.get("thread_id")
    identity = f"{root}\n{configurable['checkpoint_ns']}\n{name}"
    return hashlib.sha256(identity.encode()).hexdigest()[:32]
