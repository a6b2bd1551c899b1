"""Everything that crosses a process boundary. Fields are only ever added, with defaults.

What people send in is a `Wire` model, what the engine writes is a `Record` (see `orchestrator.model`).
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from orchestrator.human import Action, Identity, Name, Names
from orchestrator.model import Record, Wire
from orchestrator.options import Options

State = Literal["running", "waiting", "paused", "parked", "completed", "failed", "cancelled"]
"""Of a workflow, and of each of its stages."""


class Ref(Record):
    """Where a value too large for the history is kept, as long as the workflow's own retention."""

    store: str
    key: str
    size_bytes: int


# --- what people send ---------------------------------------------------------------------------------------------


class Fork(Wire):
    """Where another run's thread is to be gone on from, on a copy of it."""

    thread_id: str
    checkpoint_id: str
    """What came after it runs again."""
    values: dict[str, Any] | None = None
    """Keys of the state to replace first."""
    workflow_id: str | None = None
    """Whose thread it is; this and what follows stands in the audit trail."""
    stage: str | None = None
    by: Name | None = None
    reason: str | None = None
    editors: list[str] = Field(default_factory=list)
    """Who has edited something there: they count as editors here too."""


class GraphRunInput(Wire):
    """Start input of the workflow `GraphRun`."""

    graph: str = Field(min_length=1)
    input: Any = None
    input_ref: Ref | None = None
    fork: Fork | None = None
    """Instead of an input."""
    context: dict[str, Any] | None = None
    options: Options | None = None
    thread: str | None = Field(default=None, min_length=1)
    """Goes on from the state that the last run of this graph under this name left. Without it: a fresh thread."""

    @model_validator(mode="after")
    def _one_input(self) -> "GraphRunInput":
        if self.fork is not None and self.thread is not None:
            raise ValueError("give either fork or thread, not both")
        given = [self.input is not None, self.input_ref is not None, self.fork is not None]
        if sum(given) > 1:
            raise ValueError("give one of input, input_ref and fork")
        return self


class Decision(Wire):
    """Somebody's answer to a human task."""

    task_id: str | None = None
    """Without it: the one open task; sent while none is open, it is kept for the next one."""
    action: Action
    values: Any = None
    values_ref: Ref | None = None
    """Instead of values over 256 KiB: where the sender has put them."""
    by: Name
    comment: str | None = None
    decision_id: str | None = None
    """The same id twice is one decision."""
    token: str | None = None
    """A signed token (JWT) that proves who decides."""

    @model_validator(mode="after")
    def _one_value(self) -> "Decision":
        if self.values is not None and self.values_ref is not None:
            raise ValueError("give either values or values_ref, not both")
        return self


class Event(Wire):
    """Something that happened outside."""

    name: str = Field(min_length=1, max_length=255)
    payload: Any = None
    payload_ref: Ref | None = None
    """Instead of a payload over 256 KiB: where the sender has put it."""
    event_id: str | None = None
    """A repeated id (of the last 1,000) is dropped."""

    @field_validator("name")
    @classmethod
    def _not_blank(cls, name: str) -> str:
        if not name.strip():
            raise ValueError("must not be blank")
        return name

    @model_validator(mode="after")
    def _one_payload(self) -> "Event":
        if self.payload is not None and self.payload_ref is not None:
            raise ValueError("give either payload or payload_ref, not both")
        return self


class Operator(Wire):
    """Who pauses or resumes, and why."""

    by: Name
    reason: str | None = None


class Parking(Wire):
    """Which stage an operator stops, and why."""

    stage: str | None = None
    """Without it: the only one that is open."""
    by: Name
    reason: str = Field(min_length=1)


class Recovery(Wire):
    """What an operator wants done with a stage."""

    stage: str | None = None
    """Without it: the one parked stage."""
    action: Literal["retry", "amend", "skip", "rewind", "abort"]
    values: Any = None
    """To amend: the keys of the state to replace."""
    checkpoint_id: str | None = None
    """To rewind: where to."""
    node: str | None = None
    """To skip: which; without it those that failed, or the only one that is open."""
    by: Name
    reason: str = Field(min_length=1)

    @model_validator(mode="after")
    def _complete(self) -> "Recovery":
        if self.action == "amend" and not (isinstance(self.values, dict) and self.values):
            raise ValueError("to amend, give values: an object with the keys of the state to replace")
        if self.action == "rewind" and not self.checkpoint_id:
            raise ValueError("to rewind, give checkpoint_id; `orchestrator history` lists them")
        return self


class Assignment(Wire):
    """A change of who works on a task."""

    task_id: str
    action: Literal["claim", "unclaim", "delegate", "reassign"]
    assignees: Names = Field(default_factory=list)
    by: Name
    token: str | None = None
    """A signed token that proves who asks for it; needed where the task's decisions are."""


# --- what people read ---------------------------------------------------------------------------------------------


class GraphRunResult(Record):
    """Result of the workflow `GraphRun`."""

    output: Any = None
    output_ref: Ref | None = None
    thread_id: str
    checkpoint_id: str


class Receipt(Record):
    """What became of a decision or an event."""

    task_id: str | None = None
    event_id: str | None = None
    status: Literal["accepted", "duplicate", "pending_quorum"]
    remaining: int = 0


class Task(Record):
    """A question to people."""

    task_id: str
    workflow_id: str
    title: str
    description: str | None = None
    form: dict[str, Any] | None = None
    """JSON Schema of `Decision.values`."""
    payload: Any = None
    """What the question is about; of a plain interrupt: its value, as JSON."""
    payload_ref: Ref | None = None
    """Where the payload is kept, if it is over 256 KiB."""
    state: Literal["open", "claimed", "delegated", "escalated", "decided", "expired", "withdrawn"] = "open"
    assignees: list[str] = Field(default_factory=list)
    claimed_by: str | None = None
    priority: int = 0
    created_at: datetime
    due_at: datetime | None = None
    follow_up_at: datetime | None = None
    """When to look at it again; shown, and nothing happens then."""
    next_reminder_at: datetime | None = None
    next_escalation_at: datetime | None = None
    escalated: bool = False
    quorum: int = 1
    """How many different people must approve."""
    quorum_of: int | None = None
    """Out of how many."""
    identity: Identity = "any"
    not_by: list[str] = Field(default_factory=list)
    """Who may not decide: people, `@starter`, `@editors`."""
    decisions: list[dict[str, Any]] = Field(default_factory=list)
    """The partial decisions so far, with `action`, `values`, `by`, `comment`, `at`."""
    stage: str | None = None
    interrupt_id: str | None = None

    @property
    def waits_for(self) -> list[str]:
        """Whose turn it is."""
        return [self.claimed_by] if self.claimed_by else self.assignees


class StageInfo(Record):
    """One stage as `Status` shows it."""

    name: str
    graph: str
    thread_id: str
    checkpoint_id: str | None = None
    state: State = "running"
    attempt: int = 1
    """Activity executions so far: one, and one more for each time it waited, was drained or was recovered."""
    steps: int = 0
    """Super-steps in the thread so far."""
    error: str | None = None
    since: datetime | None = None
    """When it came into its state."""


class WaitInfo(Record):
    """One thing that the workflow waits for."""

    kind: Literal["task", "timer", "event"]
    name: str
    stage: str | None = None
    since: datetime
    until: datetime | None = None


class Status(Record):
    """Where a workflow stands."""

    state: State
    tasks: int = 0
    stages: list[StageInfo] = Field(default_factory=list)
    waits: list[WaitInfo] = Field(default_factory=list)


class Entry(Record):
    """One line of the audit trail."""

    at: datetime
    by: str
    what: str
    task_id: str | None = None
    detail: Any = None
    via: str | None = None
    """How it came: `signal`, `update`, `link` or `timer`."""
    form: str | None = None
    """The version of the task's form: the first 12 digits of the SHA-256 of its JSON."""
    seq: int = 0
    hash: str = ""
    """SHA-256 over this entry and the hash of the one before (see `orchestrator.trail`)."""
