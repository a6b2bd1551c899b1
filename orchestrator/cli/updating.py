"""Before a message that only a worker can take."""

from datetime import timedelta

from orchestrator.cli.options import connected
from orchestrator.client import OrchestratorClient
from orchestrator.rpc import NotFound, NoWorker


async def to_update(workflow_id: str, seconds: float) -> OrchestratorClient:
    """A client for an update of a workflow that can take one: what can be known to be in vain is not sent.

    Raises:
        NotFound: There is no such workflow, or it has ended. *Not retryable.*
        NoWorker: No worker polls its task queue. *Retryable.*
    """
    client = await connected()
    client.update_timeout = timedelta(seconds=seconds)
    info = await client.describe(workflow_id)
    if not info.open:
        raise NotFound(f"Workflow {workflow_id!r} has ended already: it is {info.state}.")
    if await client.pollers(info.task_queue) == 0:
        raise NoWorker(
            f"No worker polls task queue {info.task_queue!r}, so nobody would take it; start one with "
            "`orchestrator worker`. Nothing was sent."
        )
    return client
