"""One line of a workflow's history, whether Temporal has recorded it or LangGraph."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from orchestrator.model import Record

Kind = Literal[
    "workflow", "turn", "repair", "activity", "notice", "timer", "message", "reset", "checkpoint", "pending", "engine"
]


class Happening(Record):
    """One line. What does not apply is None."""

    at: datetime
    kind: Kind
    """`message` is a signal or an update, `pending` an activity that has not ended, `engine` what only the engine
    needs: workflow tasks, markers, search attributes."""
    what: str
    """`started`, `scheduled`, `completed`, `failed`, `written` and so on."""
    text: str
    """The line as people read it."""
    stage: str | None = None
    run_id: str | None = None
    event_id: int | None = None
    event_type: str | None = None
    """Temporal's name of it."""
    graph: str | None = None
    thread_id: str | None = None
    turn: int | None = None
    attempt: int | None = None
    by: str | None = None
    """Who acted."""
    checkpoint_id: str | None = None
    """Where a turn left its thread; of a checkpoint its own: what `recover --action rewind` takes."""
    parent_id: str | None = None
    namespace: str | None = None
    """The subgraph that a checkpoint is of: `operate`, `operate|cut`; empty for the graph itself."""
    step: int | None = None
    source: str | None = None
    """LangGraph's word for why a checkpoint was written: `input`, `loop`, `update`, `fork`."""
    nodes: list[str] | None = None
    """Of a checkpoint: those that ran up to it. Of a pending activity: those that run now."""
    asked: list[str] | None = None
    """The nodes after a checkpoint that wait for an answer."""
    failed: list[str] | None = None
    """The nodes after a checkpoint that have failed."""
    size_bytes: int | None = None
    until: datetime | None = None
    """When a timer is due, or an activity is attempted next."""
    folded: bool = False
    """Whether people see it only in `--json`."""
    details: dict[str, Any] = Field(default_factory=dict)
    """What else is recorded: a message, an outcome without its output, a failure."""
