"""When a workflow begins a new run, and on which version of the workers."""

from typing import Any, NoReturn

from temporalio import workflow


def wants_a_new_run() -> bool:
    """Whether the history has grown long, or newer workers have become the current ones while this workflow is pinned
    to older ones."""
    info = workflow.info()
    return info.is_continue_as_new_suggested() or info.is_target_worker_deployment_version_changed()


def begin_a_new_run(args: list[Any]) -> NoReturn:
    """Continue as new; on versioned workers, on the version that new workflows begin on.

    Raises:
        ContinueAsNewError: To end this run.
    """
    versioned = workflow.info().get_current_deployment_version() is not None
    upgrade = workflow.ContinueAsNewVersioningBehavior.AUTO_UPGRADE
    workflow.continue_as_new(args=args, initial_versioning_behavior=upgrade if versioned else None)
