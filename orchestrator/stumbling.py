"""Why a workflow's code fails in its worker: Temporal tries its task again and again, and the workflow stands still."""

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client

from orchestrator.failures import legible
from orchestrator.markdown import one_line

LATEST = 20
"""Events looked at: the failure is the latest one but for messages that have come since."""
LONGEST = 300
"""Characters of a failure."""


async def task_failure(client: Client, workflow_id: str, run_id: str) -> str:
    """What the latest workflow task that failed says; it is recorded once, however often it is tried."""
    asked = GetWorkflowExecutionHistoryReverseRequest(
        namespace=client.namespace,
        execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
        maximum_page_size=LATEST,
    )
    found = await client.workflow_service.get_workflow_execution_history_reverse(asked)
    for event in found.history.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
            failure = await legible(event.workflow_task_failed_event_attributes.failure, client.data_converter)
            return one_line(failure.message, LONGEST)
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
            return "it ran out of time"
    return "see the worker's log"
