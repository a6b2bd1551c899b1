"""The stages of a workflow as Temporal's history has them: where each stands, and with what it was begun. Needs no
worker."""

from collections.abc import AsyncIterator

from orchestrator.history.past import Past
from orchestrator.history.stage_events import StageEvents
from orchestrator.reader import Reader
from orchestrator.rpc import NotFound, translated


async def past_of(client: Reader, workflow_id: str, run_id: str | None = None) -> Past:
    """The latest run, or that one.

    Raises:
        NotFound: There is no such workflow or run. *Not retryable.*
    """
    run_id = run_id or (await client.describe(workflow_id)).run_id
    reading = StageEvents(Past(run_id), client.temporal.data_converter)
    with translated(f"Workflow {workflow_id!r}"):
        async for event in client.temporal.get_workflow_handle(workflow_id, run_id=run_id).fetch_history_events():
            await reading.take(event)
    reading.finish()
    return reading.past


async def runs_before(client: Reader, workflow_id: str, past: Past) -> AsyncIterator[Past]:
    """The runs that a run continues, the latest first, as far back as the server keeps them."""
    while past.continues:
        try:
            past = await past_of(client, workflow_id, past.continues)
        except NotFound:
            return
        yield past
