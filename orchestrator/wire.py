"""Everything that crosses a process boundary. Fields are only ever added, with defaults.

What people send in is a `Wire` model, what the engine writes is a `Record` (see `orchestrator.model`).
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, model_validator

from orchestrator.model import Record, Wire
from orchestrator.options import DefaultAnswer, OnDue, Options
from orchestrator.requests import Request

State = Literal["running", "waiting", "paused", "parked", "completed", "failed", "cancelled"]
"""Of a workflow, and of each of its stages."""


class Ref(Record):
    """Where a value too large for the history is kept, as long as the workflow's own retention."""

    store: str
    key: str
    size_bytes: int


# --- what people send ---------------------------------------------------------------------------------------------


class GraphRunInput(Wire):
    """Start input of the workflow `GraphRun`."""

    graph: str
    input: Any = None
    input_ref: Ref | None = None
    context: dict[str, Any] | None = None
    options: Options | None = None

    @model_validator(mode="after")
    def _one_input(self) -> "GraphRunInput":
        if self.input is not None and self.input_ref is not None:
            raise ValueError("give either input or input_ref, not both")
        return self


class Decision(Wire):
    """Somebody's answer to a human task."""

    task_id: str | None = None
    """Without it: the one open task; sent while none is open, it is kept for the next one."""
    action: Literal["approve", "reject", "edit", "respond"]
    values: Any = None
    by: str = Field(min_length=1)
    comment: str | None = None
    decision_id: str | None = None
    """The same id twice is one decision."""
    token: str | None = None


class Event(Wire):
    """Something that happened outside."""

    name: str = Field(min_length=1)
    payload: Any = None
    event_id: str | None = None
    """A repeated id (of the last 1,000) is dropped."""


class Operator(Wire):
    """Who pauses or resumes, and why."""

    by: str = Field(min_length=1)
    reason: str | None = None


class Recovery(Wire):
    """What an operator wants done with a stage."""

    stage: str | None = None
    """Without it: the one parked stage."""
    action: Literal["retry", "amend", "skip", "rewind", "abort"]
    values: Any = None
    checkpoint_id: str | None = None
    by: str = Field(min_length=1)
    reason: str = Field(min_length=1)


class Assignment(Wire):
    """A change of who works on a task."""

    task_id: str
    action: Literal["claim", "unclaim", "delegate", "reassign"]
    assignees: list[str] = Field(default_factory=list)
    by: str = Field(min_length=1)


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
    next_reminder_at: datetime | None = None
    escalated: bool = False
    quorum: int = 1
    decisions: list[dict[str, Any]] = Field(default_factory=list)
    stage: str | None = None
    interrupt_id: str | None = None


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


# --- between the workflow and its graph activity -------------------------------------------------------------------


class Policy(Record):
    """What the worker knows of a graph; recorded in history once, so that a replay needs no registry."""

    graph: str
    options: Options
    task_queue: str | None = None
    """Where the graph's activity runs; None: where the workflow runs."""
    search_attributes: bool = True
    """Whether the `Orch*` search attributes are registered on this Temporal."""


class Location(Record):
    """Where LangGraph keeps the answers to one question: the task that asked, in its own (sub)graph namespace.

    `answered` is how many answers that task had when it asked: this question's answer becomes entry `answered` of the
    task's resume list, and an answer that is already there must never be sent again (contract, property 2).
    """

    checkpoint_ns: str = ""
    task_id: str = ""
    answered: int = 0


class Rewind(Record):
    """How far the history knows a thread: up to the last time that its stage waited.

    After a Temporal reset the stage goes on from a copy of the thread up to here (contract, property 6): checkpoints
    up to `checkpoint_id` in any namespace, and of the tasks that waited only the answers they had then.
    """

    checkpoint_id: str
    """The thread's latest checkpoint then, in any namespace; LangGraph's ids sort by time."""
    waiting: list[Location] = Field(default_factory=list)
    """The tasks that waited, and those that their questions bubbled through."""


Source = Literal["ask", "interrupt", "schema", "middleware", "tool_approval", "inbox", "breakpoint"]
"""Who asked: one of our own verbs, a plain `interrupt`, one with a schema, LangChain's middleware (batched, per call),
agent-inbox, a static breakpoint."""


class Wait(Record):
    """What a graph waits for: one pending interrupt, or a static breakpoint (then `breakpoint` is its checkpoint)."""

    interrupt_id: str
    kind: Literal["task", "timer", "event"] = "task"
    source: Source = "interrupt"
    """What decides in which shape the answer goes back into the graph."""
    request: Request | None = None
    """Of an `ask`, `sleep` or `wait_for`: its arguments."""
    payload: Any = None
    payload_ref: Ref | None = None
    form: dict[str, Any] | None = None
    location: Location | None = None
    asked_through: list[Location] = Field(default_factory=list)
    """Every task that holds the question: the one that asked, and those it bubbled through."""
    breakpoint: str | None = None


class ResumeValue(Record):
    """One answer on its way back into the graph."""

    interrupt_id: str
    value: Any = None
    location: Location | None = None
    breakpoint: str | None = None


class StageCall(Record):
    """Input of a graph activity: one turn of a stage."""

    stage: str
    graph: str
    thread_id: str
    turn: int
    """1 for the first activity execution of the stage, then one more for each. With the attempt: the lease's token."""
    input: Any = None
    input_ref: Ref | None = None
    context: dict[str, Any] | None = None
    recursion_limit: int
    durability: Literal["sync", "async", "exit"]
    answers: list[ResumeValue] = Field(default_factory=list)
    checkpoint_id: str | None = None
    """Where an earlier turn left the thread; a store that no longer has it has lost the thread."""
    continued_from: str | None = None
    """The run id before a continue-as-new."""
    rewind: Rewind | None = None
    """Where to go back to if the workflow was reset; None: to the start."""


class StageOutcome(Record):
    """Result of a graph activity."""

    state: Literal["completed", "waiting", "drained"]
    output: Any = None
    output_ref: Ref | None = None
    thread_id: str
    checkpoint_id: str | None = None
    steps: int = 0
    waits: list[Wait] = Field(default_factory=list)
    rewind: Rewind | None = None
    refused: str | None = None
    """Why an answer was not taken after all, where only the graph could tell; its question is asked again."""


class HumanPolicy(Record):
    """The life of one human task, resolved from the question and the defaults."""

    assignees: list[str] = Field(default_factory=list)
    due_seconds: float | None = None
    remind_every_seconds: float | None = None
    escalate_to: list[str] = Field(default_factory=list)
    on_due: DefaultAnswer | OnDue | None = None
    quorum: int = 1
