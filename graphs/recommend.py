"""Approve, refer or deny: what `graphs.rules` says, with every reason. No model has a part in it.

Nodes:
    weigh_income ∥ weigh_credit ∥ weigh_property ─▶ conclude ─▶ END
"""

import operator
from typing import Annotated, Any

from langgraph.graph import END, START, StateGraph
from pydantic import Field

from graphs import rules
from graphs.application import Appraisal, CreditAssessment, Finding, LoanApplication, Recommendation


class State(Recommendation):
    """The recommendation while it is made."""

    application: LoanApplication
    credit: CreditAssessment
    appraisal: Appraisal
    found: Annotated[list[Finding], operator.add] = Field(default_factory=list)
    """As the rules come to them, in no order."""


def build() -> StateGraph[State, None, State, Recommendation]:
    """The graph; its input is `{"application", "credit", "appraisal"}`, its output a Recommendation."""
    graph = StateGraph(State, output_schema=Recommendation)
    for node in (weigh_income, weigh_credit, weigh_property):
        graph.add_node(node)
        graph.add_edge(START, node.__name__)
    graph.add_node(conclude)
    graph.add_edge([weigh_income.__name__, weigh_credit.__name__, weigh_property.__name__], conclude.__name__)
    graph.add_edge(conclude.__name__, END)
    return graph


async def weigh_income(state: State) -> dict[str, Any]:
    """Findings on ratios and employment."""
    return {"found": rules.weigh_income(state.application)}


async def weigh_credit(state: State) -> dict[str, Any]:
    """Findings on the credit histories."""
    return {"found": rules.weigh_credit(state.credit)}


async def weigh_property(state: State) -> dict[str, Any]:
    """Findings on the property."""
    return {"found": rules.weigh_property(state.application, state.appraisal)}


async def conclude(state: State) -> dict[str, Any]:
    """Add up."""
    findings = sorted(state.found, key=lambda finding: (-finding.points, finding.rule))
    points = sum(finding.points for finding in findings)
    return {"decision": rules.decide(findings), "points": points, "findings": findings}
