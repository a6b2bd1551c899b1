"""What a graph asks for through `interrupt()`, as the JSON that the interrupt carries.

`orchestrator.waits` writes these in a node, the workflow reads them. They are plain enough that the same graph run
without Temporal shows a sensible interrupt value.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self, TypedDict

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from orchestrator.answer import json_schema
from orchestrator.human import Escalation, Identity, Names, OnDueAnswer, Quorum, check_sense
from orchestrator.model import Lean, Record, reasons

MARK = "orchestrator"
"""The key by which an interrupt value of ours is known from a stranger's."""


class Refusal(Record):
    """An answer that its form allowed, and that the node could not use."""

    by: str
    reason: str


class AskRequest(Lean):
    """A question to people."""

    kind: Literal["task"] = "task"
    title: str = Field(max_length=1000)
    key: str | None = Field(default=None, min_length=1, max_length=1000)
    description: str | None = None
    payload: Any = None
    form: dict[str, Any] | None = None
    assignees: Names | None = None
    due: timedelta | None = None
    due_at: datetime | None = None
    follow_up: timedelta | None = None
    follow_up_at: datetime | None = None
    remind_every: timedelta | None = None
    remind_after: list[timedelta] | None = None
    escalate_to: Names | None = None
    escalations: list[Escalation] | None = None
    on_due: OnDueAnswer | None = None
    quorum: int | Quorum | None = None
    not_by: Names | None = None
    identity: Identity | None = None
    calendar: str | None = None
    priority: int = 0
    refused: Refusal | None = None
    """Why it is asked again."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        check_sense(self)
        return self


def asked_again(request: AskRequest, by: str, error: ValidationError) -> AskRequest:
    """The question, after an answer that its form allowed and its own validators, which are code, did not."""
    refused = Refusal(by=by, reason=f"{reasons(error)}.")
    said = f"{refused.by}'s answer was not accepted: {refused.reason}"
    return request.model_copy(update={"description": said, "refused": refused})


class AskDetails(TypedDict, total=False):
    """What one may say about a question, in a graph and in a workflow alike."""

    payload: Any
    """What the question is about, as JSON; shown beside it."""
    key: str | None
    """In a graph, what tells the question from the others of its node when the node runs again, instead of the title:
    for a title that is not the same each time, or that may be reworded while an answer is out."""
    description: str | None
    """More than one line about the question."""
    assignees: list[str] | None
    """People (`ann`) or groups (`group:underwriters`)."""
    due: timedelta | datetime | None
    """A duration from when the task opens, or an aware moment."""
    follow_up: timedelta | datetime | None
    """When to look at it again; shown, and nothing happens then."""
    remind_every: timedelta | None
    """The interval of reminders while nobody has answered."""
    remind_after: list[timedelta] | None
    """Reminders after so long each, instead of or beside an interval."""
    escalate_to: list[str] | None
    """Who is asked as well once the task is overdue."""
    escalations: list[Escalation] | None
    """Who is asked as well before that, after how long: a chain."""
    on_due: OnDueAnswer | None
    """What happens when nobody answered in time: an answer, a `Route` to another branch, `"fail"` or `"park"`; without
    it the task stays open."""
    quorum: int | Quorum | None
    """How many different people must approve."""
    not_by: list[str] | None
    """Who may not decide: people, `@starter` (of the workflow), `@editors` (of anything in it)."""
    identity: Identity | None
    """Whether a decision needs a signed token: `any` (no), `signed`, `named` (of an assignee)."""
    calendar: str | None
    """The named calendar in whose business time the durations count: of each, the whole days as working days, the rest
    as working hours. Without one: calendar time."""
    priority: int
    """Higher is more urgent."""


def ask_request(title: str, form: type[Any] | dict[str, Any] | None, details: AskDetails) -> AskRequest:
    """The request of a question.

    Raises:
        TypeError: The title is blank, there is no such detail, or it makes no sense.
        ValueError: A moment has no time zone.
    """
    if not str(title).strip():
        raise TypeError("ask() needs a title: the question, in one line")
    unknown = details.keys() - AskDetails.__annotations__.keys()
    if unknown:
        raise TypeError(f"ask() got an unexpected keyword argument {min(unknown)!r}")
    fields: dict[str, Any] = dict(details)
    for name in ("due", "follow_up"):
        if isinstance(fields.get(name), datetime):
            fields[f"{name}_at"] = aware(fields.pop(name), name)
    try:
        return AskRequest(title=title, form=json_schema(form), **fields)
    except ValidationError as error:
        raise TypeError(f"ask() got a wrong argument: {reasons(error)}") from error


class SleepRequest(Lean):
    """A timer: a duration, or a moment."""

    kind: Literal["timer"] = "timer"
    duration: timedelta | None = None
    until: datetime | None = None


class EventRequest(Lean):
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


def question_of(request: AskRequest | SleepRequest | EventRequest) -> str:
    """What tells a question from the others of its node, as a person would write it down.

    Neither what it is about nor who is asked until when: that may be another one when the node runs again.
    """
    match request:
        case AskRequest(key=None):
            return f"ask({request.title!r})"
        case AskRequest():
            return f"ask(…, key={request.key!r})"
        case EventRequest():
            return f"wait_for({request.name!r})"
    return "sleep(…)"


def aware(moment: datetime, name: str) -> datetime:
    """The moment, if it says which time zone it means.

    Raises:
        ValueError: It has none.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{name}={moment.isoformat()} has no time zone; say which, for example datetime.UTC.")
    return moment
