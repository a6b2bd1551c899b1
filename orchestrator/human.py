"""The life of a human task, as one says it: in a question, or as a graph's defaults for all its questions."""

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from orchestrator.model import Wire

Action = Literal["approve", "reject", "edit", "respond"]

OnDue = Literal["fail", "park"]
"""What an unanswered task does to its stage: `fail` fails it, `park` parks it."""

Identity = Literal["any", "signed", "named"]
"""Who may decide: `any` takes the sender's word for who they are; `signed` wants a token that proves it; `named` wants
a token of one of the task's assignees, or of a member of one of its groups."""

Name = Annotated[str, Field(min_length=1, max_length=255)]
"""Of a person (`ann`) or a group (`group:underwriters`)."""
Names = Annotated[list[Name], Field(max_length=200)]
"""More people than that are a group."""

STARTER = "@starter"
"""In `not_by`: whoever started the workflow (memo `orch_started_by`)."""
EDITORS = "@editors"
"""In `not_by`: everybody who has edited something in this workflow."""


class DefaultAnswer(Wire):
    """The answer that is taken for a human who did not give one in time."""

    action: Action
    values: Any = None
    comment: str | None = None


class Route(Wire):
    """Another branch, taken because nobody answered in time: the answer's `route` names it."""

    route: str = Field(min_length=1)


class Escalation(Wire):
    """Who is asked as well, when a task has been open for so long."""

    after: timedelta
    to: Names = Field(min_length=1)


class Quorum(Wire):
    """How many different people must approve, and whose rejection counts."""

    approvals: int = Field(ge=1)
    of: int | None = Field(default=None, ge=1)
    """Out of how many: the answer is reject once too many of them have rejected for the approvals to be reached."""
    veto: bool | list[str] = True
    """Whose rejection ends it at once: anybody's, nobody's, or that of these people (`ann`)."""

    @model_validator(mode="after")
    def _can_end(self) -> Self:
        if self.of is not None and self.of < self.approvals:
            raise ValueError(f"{self.approvals} of {self.of} can never be reached")
        if self.veto is not True and self.of is None:
            raise ValueError("without everybody's veto, say out of how many (of): else no number of rejections ends it")
        return self


OnDueAnswer = DefaultAnswer | Route | OnDue


class HumanDefaults(Wire):
    """What holds for a graph's human tasks that do not say otherwise themselves."""

    assignees: Names | None = None
    due: timedelta | None = None
    follow_up: timedelta | None = None
    remind_every: timedelta | None = None
    remind_after: list[timedelta] | None = None
    escalate_to: Names | None = None
    escalations: list[Escalation] | None = None
    on_due: OnDueAnswer | None = None
    quorum: int | Quorum | None = None
    not_by: Names | None = None
    identity: Identity | None = None
    calendar: str | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        check_sense(self)
        return self


def check_sense(said: Any) -> None:
    """Refuse what no task could live by.

    Args:
        said: A question's request, or defaults.

    Raises:
        ValueError: A quorum of nobody, or a duration that is not positive.
    """
    if isinstance(said.quorum, int) and said.quorum < 1:
        raise ValueError(f"quorum is {said.quorum}; it must be at least 1")
    durations = [(name, getattr(said, name)) for name in ("due", "follow_up", "remind_every")]
    durations += [("remind_after", after) for after in said.remind_after or []]
    durations += [("escalations", step.after) for step in said.escalations or []]
    for name, duration in durations:
        if duration is not None and duration <= timedelta(0):
            raise ValueError(f"{name} is {duration}; it must be positive")
