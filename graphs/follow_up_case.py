"""What a follow-up is about, what was written in it, and how it ended."""

from datetime import date
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

LONGEST_TEXT = 20_000
"""Characters of one mail that are kept."""

ONE_LINE = r"^[^\x00-\x1f\x7f]+$"

Outcome = Literal["yes", "no", "unsubscribed", "closed"]
"""`closed`: a person ended it, or nobody will answer any more."""


class Frozen(BaseModel):
    """Base of what is written down once."""

    model_config = ConfigDict(frozen=True)


class FollowUpCase(Frozen):
    """One customer of one campaign, who is asked about an offer."""

    campaign: str = Field(pattern=r"^[\w.-]{1,40}$")
    customer: str = Field(pattern=r"^[\w.-]{1,40}$")
    """An id: campaign and customer make the workflow's id, and that goes into every Message-ID."""
    name: str = Field(pattern=ONE_LINE, max_length=200)
    email: str = Field(pattern=r"^[^\s@<>,;]+@[A-Za-z0-9.-]+$", max_length=254)
    offer: str = Field(pattern=ONE_LINE, max_length=200)
    """What the customer was offered."""

    @property
    def workflow_id(self) -> str:
        """The same each time, so that nobody is followed up twice in a campaign."""
        return f"follow-up/{self.campaign}/{self.customer}"


class Draft(Frozen):
    """A mail that is to go out."""

    kind: Literal["first", "reminder", "answer"]
    subject: str
    text: str


class Message(Frozen):
    """A mail of the conversation."""

    kind: Literal["first", "reminder", "answer", "reply", "automatic"]
    sender: str
    subject: str
    text: str
    message_id: str | None
    date: str = ""
    """As the customer's mail says it."""


class Incoming(Frozen):
    """The event `reply`: a mail as `orchestrator.mail.replies` tells it."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    sender: str = Field(alias="from")
    subject: str = ""
    date: str = ""
    text: str = ""
    message_id: str | None = None
    auto_submitted: bool = False

    @classmethod
    def of(cls, payload: Any) -> "Incoming | None":
        """The mail, or None where the payload is none: anybody may send an event."""
        try:
            return cls.model_validate(payload)
        except ValidationError:
            return None


class Meaning(Frozen):
    """What a reply says."""

    kind: Literal["yes", "no", "later", "question", "unsubscribe", "automatic", "unclear"]
    day: date | None = None
    """Of `later`: when the customer wants to be asked again."""
    why: str = ""


class Handling(Frozen):
    """What a person does about it."""

    text: str = Field(default="", max_length=LONGEST_TEXT)
    """Goes to the customer as a mail."""
    close: Outcome | None = None
    """How the matter ended; None: the customer's reply is awaited."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text.strip() and self.close is None:
            raise ValueError("write a text, or close the matter")
        return self


class FollowUpResult(BaseModel):
    """How it ended."""

    outcome: Outcome | None = None
    decided_by: str = "customer"
    reminders: int = 0
    handed_over: int = 0
    """How often a person was asked."""
    automatic: int = 0
    """Mails that no person wrote: they count as nothing."""
    conversation: list[Message] = Field(default_factory=list)


class OutcomeRecord(Frozen):
    """What is written down of an ended follow-up."""

    workflow_id: str
    outcome: Outcome
    decided_by: str
