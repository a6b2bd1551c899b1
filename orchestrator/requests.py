"""What a graph asks for through `interrupt()`, as the JSON that the interrupt carries.

`orchestrator.waits` writes these in a node, the workflow reads them. They are plain enough that the same graph run
without Temporal shows a sensible interrupt value.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, TypedDict

from pydantic import Field, TypeAdapter

from orchestrator.answer import json_schema
from orchestrator.model import Record
from orchestrator.options import DefaultAnswer, OnDue

MARK = "orchestrator"
"""The key by which an interrupt value of ours is known from a stranger's."""


class AskRequest(Record):
    """A question to people."""

    kind: Literal["task"] = "task"
    title: str
    description: str | None = None
    payload: Any = None
    form: dict[str, Any] | None = None
    assignees: list[str] | None = None
    due: timedelta | None = None
    due_at: datetime | None = None
    remind_every: timedelta | None = None
    escalate_to: list[str] | None = None
    on_due: DefaultAnswer | OnDue | None = None
    quorum: int | None = None
    priority: int = 0


class AskDetails(TypedDict, total=False):
    """What one may say about a question, in a graph and in a workflow alike."""

    payload: Any
    """What the question is about, as JSON; shown beside it."""
    description: str | None
    """More than one line about the question."""
    assignees: list[str] | None
    """People (`ann`) or groups (`group:underwriters`)."""
    due: timedelta | datetime | None
    """A duration from when the task opens, or an aware moment."""
    remind_every: timedelta | None
    """The interval of reminders while nobody has answered."""
    escalate_to: list[str] | None
    """Who is asked as well once the task is overdue."""
    on_due: DefaultAnswer | OnDue | None
    """The answer that is taken when none came in time, or `"fail"` or `"park"`; without it the task stays open."""
    quorum: int | None
    """How many different people must approve."""
    priority: int
    """Higher is more urgent."""


def ask_request(title: str, form: type[Any] | dict[str, Any] | None, details: AskDetails) -> AskRequest:
    """The request of a question.

    Raises:
        TypeError: There is no such detail.
        ValueError: `due` has no time zone.
    """
    unknown = details.keys() - AskDetails.__annotations__.keys()
    if unknown:
        raise TypeError(f"ask() got an unexpected keyword argument {min(unknown)!r}")
    fields: dict[str, Any] = {key: value for key, value in details.items() if key != "due"}
    due = details.get("due")
    if isinstance(due, datetime):
        fields["due_at"] = aware(due, "due")
    elif due is not None:
        fields["due"] = due
    return AskRequest(title=title, form=json_schema(form), **fields)


class SleepRequest(Record):
    """A timer: a duration, or a moment."""

    kind: Literal["timer"] = "timer"
    duration: timedelta | None = None
    until: datetime | None = None


class EventRequest(Record):
    """A wait for something that happens outside."""

    kind: Literal["event"] = "event"
    name: str
    timeout: timedelta | None = None


Request = Annotated[AskRequest | SleepRequest | EventRequest, Field(discriminator="kind")]
_adapter: TypeAdapter[AskRequest | SleepRequest | EventRequest] = TypeAdapter(Request)


def pack(request: AskRequest | SleepRequest | EventRequest) -> dict[str, Any]:
    """The interrupt value of a request: JSON, marked as ours."""
    return {MARK: request.model_dump(mode="json", exclude_none=True)}


def unpack(value: Any) -> AskRequest | SleepRequest | EventRequest | None:
    """The request that an interrupt value carries, or None if it is a stranger's."""
    if not isinstance(value, dict) or not isinstance(value.get(MARK), dict):
        return None
    return _adapter.validate_python(value[MARK])


def aware(moment: datetime, name: str) -> datetime:
    """The moment, if it says which time zone it means.

    Raises:
        ValueError: It has none.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{name}={moment.isoformat()} has no time zone; say which, for example datetime.UTC.")
    return moment
