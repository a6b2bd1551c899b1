"""One turn of a stage: one execution of the graph's activity."""

from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

from orchestrator.calls import Policy, StageCall, StageOutcome
from orchestrator.markdown import one_line
from orchestrator.options import DEFAULTS, Retry
from orchestrator.wire import StageInfo


def start_turn(
    policy: Policy, call: StageCall, *, summary: str, retries: RetryPolicy | None = None
) -> workflow.ActivityHandle[StageOutcome]:
    """Start it.

    Args:
        policy: The graph's.
        call: What the activity is given.
        summary: What stands beside the graph's name in the Web UI.
        retries: Instead of the policy's.
    """
    options = policy.options
    return workflow.start_activity(
        policy.graph,
        call,
        result_type=StageOutcome,
        task_queue=options.task_queue or policy.task_queue,
        start_to_close_timeout=options.start_to_close_timeout,
        schedule_to_close_timeout=options.schedule_to_close_timeout,
        heartbeat_timeout=options.heartbeat_timeout,
        retry_policy=retries or retries_of(policy),
        cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        summary=summary,
    )


def limits_of(policy: Policy) -> dict[str, Any]:
    """What the activity itself goes by."""
    return {
        "recursion_limit": policy.options.recursion_limit or DEFAULTS.recursion_limit,
        "durability": policy.options.durability or DEFAULTS.durability,
    }


def retries_of(policy: Policy) -> RetryPolicy:
    """How Temporal tries a turn again."""
    return RetryPolicy(**(policy.options.retry or Retry()).model_dump(exclude_none=True))


def summary_of(stage: StageInfo, turn: int) -> str:
    """The stage, where it is called otherwise than its graph, and the turn."""
    name = "" if stage.name == stage.graph else stage.name
    return one_line(", ".join(part for part in (name, f"turn {turn}") if part))
