"""What is the property worth? An appraisal is ordered, and its report awaited with a deadline.

    order_appraisal ─▶ await_report ─▶ a report ─▶ file_report ─▶ END
                                    ─▶ something else ─▶ await_report
                                    ─▶ the deadline ─▶ order_appraisal once more, or END without a value

Waits for the event `appraisal_report`, whose payload is an AppraisalReport.
"""

from datetime import timedelta
from typing import Any, Literal

from langgraph.graph import END, START, StateGraph
from pydantic import Field, ValidationError

from graphs.application import Appraisal, AppraisalReport, LoanApplication
from graphs.bureau import BureauClient
from orchestrator.waits import idempotency_key, wait_for

EVENT = "appraisal_report"


class State(Appraisal):
    """The appraisal while it is made."""

    application: LoanApplication
    placed: list[str] = Field(default_factory=list)
    """The keys of the orders, the oldest first."""
    report: AppraisalReport | Literal["refused"] | None = None
    """What the last wait brought: a report of ours, something that is none, or nothing in time."""


def build(
    bureau: BureauClient, *, report_within: timedelta = timedelta(days=14), orders: int = 2
) -> StateGraph[State, None, State, Appraisal]:
    """The graph; its input is `{"application": LoanApplication}`, its output an Appraisal.

    Args:
        bureau: Where appraisals are ordered.
        report_within: How long the appraiser has for each order.
        orders: How many are placed before the file goes on without a value.
    """
    appraiser = Appraiser(bureau, report_within, orders)
    graph = StateGraph(State, output_schema=Appraisal)
    graph.add_node(appraiser.order_appraisal)
    graph.add_node(appraiser.await_report)
    graph.add_node(file_report)
    graph.add_edge(START, "order_appraisal")
    graph.add_edge("order_appraisal", "await_report")
    graph.add_conditional_edges("await_report", appraiser.after_waiting)
    graph.add_edge("file_report", END)
    return graph


class Appraiser:
    """The nodes that deal with the appraiser."""

    def __init__(self, bureau: BureauClient, report_within: timedelta, orders: int) -> None:
        self.bureau = bureau
        self.report_within = report_within
        self.orders = orders

    async def order_appraisal(self, state: State) -> dict[str, Any]:
        """Place an order."""
        filed, key = state.application, idempotency_key("order")
        await self.bureau.order_appraisal(filed.file_number, filed.application_id, key=key)
        return {"placed": [*state.placed, key], "orders": state.orders + 1}

    async def await_report(self, state: State) -> dict[str, Any]:
        """What the appraiser sends. Anybody may send an event, so only a report on an order of ours counts."""
        payload = wait_for(EVENT, timeout=self.report_within)
        if payload is None:
            return {"report": None}
        try:
            report = AppraisalReport.model_validate(payload)
        except ValidationError:
            return {"report": "refused"}
        return {"report": report if report.order in state.placed else "refused"}

    def after_waiting(self, state: State) -> Literal["file_report", "await_report", "order_appraisal", "__end__"]:
        """A late report on the first order is as good as one on the second."""
        if state.report == "refused":
            return "await_report"
        if state.report is not None:
            return "file_report"
        return "order_appraisal" if state.orders < self.orders else "__end__"


async def file_report(state: State) -> dict[str, Any]:
    """Take over the value."""
    assert isinstance(state.report, AppraisalReport)  # Appraiser.after_waiting
    return {"loan_to_value": state.report.loan_to_value}
