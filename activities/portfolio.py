"""The portfolio review under its name and its policy, and where it finds the decisions: Temporal keeps them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from langgraph.graph import StateGraph
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus

from graphs import portfolio_review
from graphs.application import LoanApplication, LoanDecision
from graphs.portfolio import Case
from orchestrator import Orchestrator
from orchestrator.options import Options

NAME = "portfolio_review"


def register(
    app: Orchestrator,
    *,
    settled: timedelta = portfolio_review.SETTLED,
    prepare: Callable[[StateGraph[Any, Any, Any, Any]], Any] = lambda graph: graph,
) -> None:
    """Register the graph, and declare that it runs every night.

    Args:
        app: Gets them.
        settled: How old a decision must be to be reviewed.
        prepare: What to do with the graph first, for example to compile it with callbacks.
    """
    options = Options(start_to_close_timeout=timedelta(minutes=30))
    app.graph(prepare(portfolio_review.build(ClosedUnderwritings(), settled)), name=NAME, options=options)
    app.schedule(
        "nightly-portfolio-review",
        NAME,
        cron="0 2 * * *",
        time_zone="America/New_York",
        input={},
        overlap="buffer-one",
        thread="continued",
        note="What was decided since the last review; asks group:risk only if something is off.",
    )


class ClosedUnderwritings:
    """The workflows `MortgageUnderwriting` that have ended, as the server of the running activity lists them."""

    async def between(self, since: datetime, until: datetime) -> list[Case]:
        """See `graphs.portfolio.Decisions`."""
        client = activity.client()
        first, end = (moment.astimezone(UTC).isoformat() for moment in (since, until))
        closed = f"CloseTime >= '{first}' AND CloseTime < '{end}'"
        query = f"WorkflowType = 'MortgageUnderwriting' AND ExecutionStatus != 'ContinuedAsNew' AND {closed}"
        return [await _case(client, execution) async for execution in client.list_workflows(query)]


async def _case(client: Client, execution: WorkflowExecution) -> Case:
    handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
    decision = None
    if execution.status == WorkflowExecutionStatus.COMPLETED:
        decision = LoanDecision.model_validate(await handle.result())
    async for event in handle.fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
            given = event.workflow_execution_started_event_attributes.input.payloads[:1]
            [application] = await client.data_converter.decode(given)
            break
    return Case(workflow_id=execution.id, application=LoanApplication.model_validate(application), decision=decision)
