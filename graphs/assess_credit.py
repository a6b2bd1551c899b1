"""What the credit bureau knows, in three orders, and whether the applicant's own figures fit together.

    open_inquiry ─▶ on file ─▶ pull_tradelines ∥ pull_public_records ─▶ check_ratios ─▶ END
                 ─▶ unknown ─▶ check_ratios

An outage of the bureau is raised as it comes: the engine tries again, and only the order that failed is repeated.
"""

from typing import Any

from langgraph.graph import END, START, StateGraph

from graphs.application import CreditAssessment, LoanApplication
from graphs.bureau import BureauClient
from orchestrator.waits import idempotency_key

ROUNDING = 0.005
"""The ratios are filed with two decimals."""


class State(CreditAssessment):
    """The assessment while it is made."""

    application: LoanApplication
    inquiry: str = ""
    """The bureau's number of it; empty while there is none."""


def build(bureau: BureauClient) -> StateGraph[State, None, State, CreditAssessment]:
    """The graph; its input is `{"application": LoanApplication}`, its output a CreditAssessment."""
    orders = Orders(bureau)
    graph = StateGraph(State, output_schema=CreditAssessment)
    graph.add_node(orders.open_inquiry)
    graph.add_node(orders.pull_tradelines)
    graph.add_node(orders.pull_public_records)
    graph.add_node(check_ratios)
    graph.add_edge(START, "open_inquiry")
    graph.add_conditional_edges(
        "open_inquiry", after_inquiry, ["pull_tradelines", "pull_public_records", "check_ratios"]
    )
    graph.add_edge("pull_tradelines", "check_ratios")
    graph.add_edge("pull_public_records", "check_ratios")
    graph.add_edge("check_ratios", END)
    return graph


class Orders:
    """The nodes that deal with the bureau."""

    def __init__(self, bureau: BureauClient) -> None:
        self.bureau = bureau

    async def open_inquiry(self, state: State) -> dict[str, Any]:
        """Ask whether the applicant is on file."""
        inquiry = await self.bureau.open_inquiry(state.application.file_number, key=idempotency_key("inquiry"))
        return {"inquiry": inquiry or "", "on_file": inquiry is not None}

    async def pull_tradelines(self, state: State) -> dict[str, Any]:
        """How loans were paid so far."""
        consumer, mortgage = await self.bureau.tradelines(state.inquiry, key=idempotency_key("tradelines"))
        return {"consumer_history": consumer, "mortgage_history": mortgage}

    async def pull_public_records(self, state: State) -> dict[str, Any]:
        """What courts have on record."""
        found = await self.bureau.public_records(state.inquiry, key=idempotency_key("public-records"))
        return {"public_record": found}


def after_inquiry(state: State) -> list[str]:
    """Both orders at once, or neither."""
    return ["pull_tradelines", "pull_public_records"] if state.on_file else ["check_ratios"]


async def check_ratios(state: State) -> dict[str, Any]:
    """Housing is a part of all debt, so its ratio cannot be the greater one."""
    filed = state.application
    return {"ratios_consistent": filed.housing_ratio <= filed.debt_ratio + ROUNDING}
