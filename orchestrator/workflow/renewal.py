"""When a workflow begins a new run, and on which version of the workers."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio import workflow

from orchestrator.large import size

if TYPE_CHECKING:
    from orchestrator.workflow.engine import Engine

MOMENT = timedelta(milliseconds=1)
MOST_BYTES = 1_900_000
"""Of what the next run is told; Temporal refuses 2 MiB, and would refuse it again and again."""


def wants_a_new_run() -> bool:
    """Whether the history has grown long, or newer workers have become the current ones while this workflow is pinned
    to older ones."""
    info = workflow.info()
    return info.is_continue_as_new_suggested() or info.is_target_worker_deployment_version_changed()


async def begin_a_new_run(engine: "Engine", args: Callable[[], list[Any]], *, at_rest: Callable[[], bool]) -> None:
    """Continue as new; on versioned workers, on the version that new workflows begin on. Returns where that has to
    wait: something moves again, or the next run would have to be told more than Temporal takes.

    Raises:
        ContinueAsNewError: To end this run.
    """
    # What a signal wakes runs before a cancellation that came with it, which would be left behind with this run. What
    # an activity's result or a timer wakes runs after it.
    if not engine.woken_by_a_result:
        await workflow.sleep(MOMENT, summary="Begins a new run")
        if not at_rest():
            return
    told = args()
    if size(told) > MOST_BYTES:
        workflow.logger.warning(
            "No new run yet: it would have to be told %d bytes, and %d is the most.", size(told), MOST_BYTES
        )
        return
    versioned = workflow.info().get_current_deployment_version() is not None
    upgrade = workflow.ContinueAsNewVersioningBehavior.AUTO_UPGRADE
    workflow.continue_as_new(args=told, initial_versioning_behavior=upgrade if versioned else None)
