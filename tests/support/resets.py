"""Temporal resets, as the Web UI and `temporal workflow reset` make them."""

from typing import Any
from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyExcludeType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle


async def before_signal(handle: WorkflowHandle[Any, Any], number: int = 1, name: str | None = None) -> int:
    """The last completed workflow task before a signal (of that name), the how-manieth: the point to which to reset."""
    return await _before(handle, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, number, name)


async def before_update(handle: WorkflowHandle[Any, Any]) -> int:
    """The last completed workflow task before the first update."""
    return await _before(handle, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED, 1)


async def _before(
    handle: WorkflowHandle[Any, Any], kind: EventType.ValueType, number: int, signal: str | None = None
) -> int:
    completed, latest, seen = 0, 0, 0
    async for event in handle.fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            completed, latest = latest, event.event_id
        called = event.workflow_execution_signaled_event_attributes.signal_name
        if event.event_type == kind and signal in (None, called):
            seen += 1
            if seen == number:
                # The task that accepts an update is the one before it in the history.
                return completed if kind == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED else latest
    return latest


async def reset(
    client: Client, handle: WorkflowHandle[Any, Any], event_id: int, *, reapply_signals: bool = False
) -> WorkflowHandle[Any, Any]:
    """Reset a workflow to a completed workflow task. The handle of the new run."""
    exclude = [] if reapply_signals else [ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL]
    response = await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id, run_id=handle.run_id or ""),
            reason="a test",
            request_id=str(uuid4()),
            workflow_task_finish_event_id=event_id,
            reset_reapply_exclude_types=exclude,
        )
    )
    return client.get_workflow_handle(handle.id, run_id=response.run_id)
