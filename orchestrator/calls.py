"""What crosses between a workflow and its activities. Recorded in histories: fields are only ever added, with defaults.

What people send and read is in `orchestrator.wire`.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from orchestrator.human import Action
from orchestrator.model import Lean, Record
from orchestrator.options import Options
from orchestrator.requests import Request
from orchestrator.wire import Decision, Fork, Recovery, Ref, Task


class Policy(Lean):
    """What the worker knows of a graph; in the history once, so that a replay needs no registry."""

    graph: str
    options: Options
    task_queue: str | None = None
    """Where the graph's activity runs; None: where the workflow runs."""
    search_attributes: bool = True
    """Whether the `Orch*` search attributes are registered on this Temporal."""
    since_attribute: bool = False
    """Whether `OrchSince` is among them."""
    docs_url: str | None = None
    """Where the documentation is served."""
    channels: list["ChannelInfo"] = Field(default_factory=list)
    """Where notices go."""


NoticeEvent = Literal[
    "opened", "assigned", "reminded", "escalated", "overdue", "decided", "expired", "withdrawn", "parked"
]
"""What people are told of."""


class ChannelInfo(Record):
    """A channel for notices, as the workflow knows it: it starts no activity for what the channel does not send."""

    name: str
    events: list[NoticeEvent]


class Notice(Record):
    """Input of the activity `orchestrator.notify`: one event, to be told through one channel."""

    key: str
    """The same on every attempt, and another one for each event and channel."""
    channel: str
    event: NoticeEvent
    workflow_id: str
    workflow_type: str
    to: list[str] = Field(default_factory=list)
    """People (`ann`) and groups (`group:underwriters`); of a parked stage nobody: the channel knows its operators."""
    task: Task | None = None
    stage: str | None = None
    detail: Any = None


class Archived(Record):
    """Outcome of the local activity `orchestrator.archive`."""

    ref: Ref | None
    """Where the entries are; None: the checkpointer is memory."""


class Told(Record):
    """Result of `orchestrator.notify`."""

    sent: int = 0
    """Recipients that this attempt reached."""
    skipped: int = 0
    """Recipients that an earlier attempt had reached."""
    refused: list[str] = Field(default_factory=list)
    """Who will never take it, and why."""


class Plan(Record):
    """Input of `orchestrator.plan`: durations to turn into moments."""

    calendar: str
    start: datetime
    after: list[timedelta]
    """Each counts from `start`."""
    every: timedelta | None = None
    """Moments at this interval from `start`, as many as are planned at once."""


class Planned(Record):
    """Result of `orchestrator.plan`."""

    moments: list[datetime]
    repeated: list[datetime] = Field(default_factory=list)


class Evidence(Record):
    """Input of `orchestrator.admit`: what has to be looked at outside of the workflow before a message counts."""

    workflow_id: str
    token: str | None = None
    decision: Decision | None = None
    """A decision whose values travel by reference."""
    wait: "Wait | None" = None
    form: dict[str, Any] | None = None
    payload_ref: Ref | None = None
    """Of an event whose payload travels by reference."""


class Admission(Record):
    """Result of `orchestrator.admit`."""

    subject: str | None = None
    """Whom the token names."""
    groups: list[str] = Field(default_factory=list)
    task_id: str | None = None
    """The task that the token is bound to."""
    action: Action | None = None
    """The one action that a link allows."""
    token_id: str | None = None
    """The token's `jti`: it counts once."""
    expires_at: datetime | None = None
    link: bool = False
    refused: str | None = None
    """Why it does not count."""


class Location(Lean):
    """Where LangGraph keeps the answers to one question: the task that asked, in its own (sub)graph namespace.

    `answered` is how many answers that task had when it asked: this question's answer becomes entry `answered` of the
    task's resume list, and an answer that is already there must never be sent again.
    """

    checkpoint_ns: str = ""
    task_id: str = ""
    answered: int = 0


class Rewind(Lean):
    """How far the history knows a thread: up to the last time that its stage waited.

    After a Temporal reset the stage goes on from a copy of the thread up to here: checkpoints
    up to `checkpoint_id` in any namespace, and of the tasks that waited only the answers they had then.
    """

    checkpoint_id: str
    """The thread's latest checkpoint then, in any namespace; LangGraph's ids sort by time."""
    afresh: bool = False
    """Without what the tasks after that checkpoint have done: they run again."""
    head: bool = False
    """Only the state, without the history that led to it."""
    waiting: list[Location] = Field(default_factory=list)
    """The tasks that waited, and those that their questions bubbled through."""


Source = Literal["ask", "interrupt", "schema", "middleware", "tool_approval", "inbox", "breakpoint"]
"""Who asked: one of our own verbs, a plain `interrupt`, one with a schema, LangChain's middleware (batched, per call),
agent-inbox, a static breakpoint."""


class Wait(Lean):
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


class ResumeValue(Lean):
    """One answer on its way back into the graph."""

    interrupt_id: str
    value: Any = None
    value_ref: Ref | None = None
    """Of an event whose payload travels by reference."""
    decision: Decision | None = None
    """A decision whose values travel by reference; the activity loads them and shapes the value."""
    wait: Wait | None = None
    """What that decision answers."""
    location: Location | None = None
    breakpoint: str | None = None
    question: str | None = None
    """Of one of our verbs: which question it answers; see `orchestrator.requests.question_of`."""


class StageCall(Lean):
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
    fork: Fork | None = None
    """The thread that this one begins as a copy of."""
    rewind: Rewind | None = None
    """Where to go back to if the workflow was reset; None: to the start."""
    repair: Recovery | None = None
    """What to do to the thread, instead of running the graph."""
    continues: str | None = None
    """The name of a continued thread: the stage's own begins as a copy of what the last run under it left."""
    policy: Policy | None = None
    """What the stage goes by, as long as the history has only the worker's word for it."""


class Standing(Record):
    """Detail of a graph activity's failure, and of its heartbeats: where the thread stands."""

    checkpoint_id: str | None = None
    steps: int = 0
    attempt: int = 1


class StageOutcome(Lean):
    """Result of a graph activity."""

    state: Literal["completed", "waiting", "drained", "repaired"]
    output: Any = None
    output_ref: Ref | None = None
    thread_id: str
    checkpoint_id: str | None = None
    steps: int = 0
    waits: list[Wait] = Field(default_factory=list)
    rewind: Rewind | None = None
    refused: str | None = None
    """Why an answer was not taken after all, where only the graph could tell; its question is asked again."""
    skipped: list[str] = Field(default_factory=list)
    """Tasks that a repair took for finished."""
    policy: Policy | None = None
    """The call's: with the outcome, the history has it."""
    migrated: list[str] = Field(default_factory=list)
    """Migrations that were run on the thread in this turn: another version of the graph had left it."""
