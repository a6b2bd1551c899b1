"""Every metric of ours. Prometheus adds the suffixes: `_total` to counters, `_seconds` to wait times."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric by its name; its labels are named where it is recorded, and in docs/telemetry.md."""

    name: str
    description: str


STAGES_STARTED: Final = Metric("orchestrator_stages_started", "Stages begun, by graph")
STAGE_STATES: Final = Metric("orchestrator_stage_states", "Times that a stage entered a state, by graph and state")
STAGES_PARKED: Final = Metric("orchestrator_stages_parked", "Stages parked, by graph and type of failure")
STAGE_WAIT: Final = Metric("orchestrator_stage_wait", "From the moment a stage waits until it goes on, by graph")

TASKS_OPENED: Final = Metric("orchestrator_tasks_opened", "Human tasks opened")
TASKS_CLOSED: Final = Metric("orchestrator_tasks_closed", "Human tasks closed, by how: decided, expired, withdrawn")
TASKS_OVERDUE: Final = Metric("orchestrator_tasks_overdue", "Human tasks that were due and stayed open")
TASK_WAIT: Final = Metric("orchestrator_task_wait", "From the opening of a human task to its end, by how it ended")
AUDIT_ENTRIES: Final = Metric("orchestrator_audit_entries", "Lines of audit trails, by what they tell of")

ATTEMPTS: Final = Metric("orchestrator_attempts", "Attempts at a turn, by graph, what each found, and whether a retry")
ATTEMPTS_FAILED: Final = Metric("orchestrator_attempts_failed", "Attempts that failed, by graph and type of failure")
NODES_REPEATED: Final = Metric(
    "orchestrator_nodes_repeated", "Nodes begun by a retry in the super-step that the attempt before left, by graph"
)
CHECKPOINT_BYTES: Final = Metric("orchestrator_checkpoint_bytes", "Bytes serialised for checkpoints, by graph")
NOTICES: Final = Metric("orchestrator_notices", "Notices by channel and result: sent, refused, failed (to be retried)")

WORKFLOWS: Final = Metric("orchestrator_workflows", "Open workflows of the namespace by state, as visibility counts")
WORKFLOWS_ASSIGNED: Final = Metric("orchestrator_workflows_assigned", "Open workflows that wait for named people")
WORKFLOWS_OVERDUE: Final = Metric("orchestrator_workflows_overdue", "Open workflows with a due date that has passed")

_HOUR, _DAY = 3600.0, 86400.0
WAITS_SECONDS: Final = [
    *(1.0, 10.0, 60.0, 600.0),
    *(_HOUR, 4 * _HOUR, 8 * _HOUR),
    *(_DAY, 2 * _DAY, 5 * _DAY, 10 * _DAY, 30 * _DAY),
]
"""Buckets of the wait times: from a program's answer to a month."""
BUCKETS: Final = {STAGE_WAIT.name: WAITS_SECONDS, TASK_WAIT.name: WAITS_SECONDS}
