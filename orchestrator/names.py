"""Names on the wire. Clients in any language and saved histories depend on them: they are never renamed."""

from typing import Final

GRAPH_RUN: Final = "GraphRun"
"""Workflow type that runs any registered graph."""

RESOLVE: Final = "orchestrator.resolve"
"""Local activity: a graph's name and options in, its whole policy out. Recorded once per graph and run."""

PLAN: Final = "orchestrator.plan"
"""Local activity: durations in a named calendar's business time in, moments out. Recorded, because calendars change."""
ADMIT: Final = "orchestrator.admit"
"""Local activity: whether a decision's token is good, and whether values that travel by reference fit. Recorded,
because keys rotate."""
ARCHIVE: Final = "orchestrator.archive"
"""Local activity: older entries of an audit trail in, where they are kept out."""
NOTIFY: Final = "orchestrator.notify"
"""Activity: one notice through one channel."""

RETENTION: Final = "orchestrator.retention"
"""Workflow type and activity: delete what has been kept long enough."""

DECIDE: Final = "decide"
"""Signal: a Decision on a human task."""
EVENT: Final = "event"
"""Signal: something that happened outside, for a wait of that name."""
PAUSE: Final = "pause"
"""Signal: drain the running stages and start no new ones; tasks and timers stay open."""
RESUME: Final = "resume"
"""Signal: the opposite of `pause`."""

SUBMIT_DECISION: Final = "submit_decision"
"""Update: the same as the signal `decide`, with a Receipt or a refusal."""
SUBMIT_EVENT: Final = "submit_event"
"""Update: the same as the signal `event`, with a Receipt."""
RECOVER: Final = "recover"
"""Update: what an operator wants done with a parked stage."""
PARK: Final = "park"
"""Update: stop a stage that goes wrong, so that it can be recovered."""
ASSIGN: Final = "assign"
"""Update: claim, unclaim, delegate or reassign a human task."""

STATUS: Final = "status"
"""Query: Status."""
TASKS: Final = "tasks"
"""Query: the open human tasks."""
AUDIT: Final = "audit"
"""Query: who did or tried what, when, in order."""
TURN_CANCELLED: Final = "orchestrator.turn_cancelled"
"""Query, of a graph activity that was told to stop: whether its turn was cancelled (or is over), and not only paused.
Arguments: the stage's name, the turn."""

ORCH_STATE: Final = "OrchState"
"""Search attribute (Keyword): `Status.state` while the workflow is open."""
ORCH_GRAPH: Final = "OrchGraph"
"""Search attribute (Keyword): the graph of the latest stage."""
ORCH_STAGE: Final = "OrchStage"
"""Search attribute (Keyword): the name of the latest stage."""
ORCH_ASSIGNEES: Final = "OrchAssignees"
"""Search attribute (KeywordList): everybody whom an open task waits for."""
ORCH_DUE_AT: Final = "OrchDueAt"
"""Search attribute (Datetime): when the first open task or timer is due."""
ORCH_SINCE: Final = "OrchSince"
"""Search attribute (Datetime): since when the workflow is in that state. Workers do without where it is missing."""

SEARCH_ATTRIBUTES: Final = (ORCH_STATE, ORCH_GRAPH, ORCH_STAGE, ORCH_ASSIGNEES, ORCH_DUE_AT, ORCH_SINCE)

MEMO_TASKS: Final = "orch_tasks"
"""Memo: the heads of the open human tasks, so that lists need no worker."""

MORE_ASSIGNEES: Final = "…"
"""In `OrchAssignees`: there are more than the attribute holds."""
MEMO_STARTED_BY: Final = "orch_started_by"
"""Memo: who started the workflow, for the segregation of duties."""
MEMO_FORKED_FROM: Final = "orch_forked_from"
"""Memo: of a fork, where it goes on from, by whom and why."""

DEFAULT_TASK_QUEUE: Final = "orchestrator"
"""Task queue of the graphs of a `langgraph.json`."""


def short(run_id: str) -> str:
    """What tells one run of a workflow from another: the last 12 digits of its id, which are random. The first ones are
    a clock (the server's ids are UUIDv7), and the same for two runs within a minute."""
    return run_id[-12:]
