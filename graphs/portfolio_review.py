"""What was decided since the last review, and a question to a person only if something is off.

Nodes:
    read ─▶ weigh ─▶ (nothing is off) END
                 └─▶ look_into, a human task ─▶ END

Run on a continued thread, each review goes on from where the last one stopped, and knows the rates of those before.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from langgraph.graph import END, START, StateGraph
from pydantic import Field

from graphs.portfolio import DAYS, ENOUGH, Case, Decisions, Figures, Remark, figures
from orchestrator.waits import ask

RISK = "group:risk"
FIRST = timedelta(days=1)
"""How far back the first review looks."""
SETTLED = timedelta(minutes=1)
"""How old a decision must be: lists of what has closed are a moment behind."""


class Review(Figures):
    """The review."""

    since: datetime | None = None
    until: datetime | None = None
    looked_into_by: str | None = None
    remark: str | None = None


class State(Review):
    """The review while it is made."""

    cases: list[Case] = Field(default_factory=list)
    before: list[float] = Field(default_factory=list)
    """The approval rates of the reviews before, the latest last."""


def build(
    decisions: Decisions,
    settled: timedelta = SETTLED,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> StateGraph[State, None, State, Review]:
    """The graph; its input is `{}`, its output a Review."""

    async def read(state: State) -> dict[str, Any]:
        """The cases since the last review."""
        until = now() - settled
        since = state.until or until - FIRST
        return {"since": since, "until": until, "cases": await decisions.between(since, until)}

    graph = StateGraph(State, output_schema=Review)
    graph.add_node(read)
    graph.add_node(weigh)
    graph.add_node(look_into)
    graph.add_edge(START, read.__name__)
    graph.add_edge(read.__name__, weigh.__name__)
    graph.add_conditional_edges(weigh.__name__, _is_off)
    graph.add_edge(look_into.__name__, END)
    return graph


async def weigh(state: State) -> dict[str, Any]:
    """The figures; the cases themselves are no longer needed."""
    found = figures(state.cases, state.before)
    rates = [*state.before, found.approved / found.decided][-DAYS:] if found.decided >= ENOUGH else state.before
    fields = {name: getattr(found, name) for name in Figures.model_fields}
    return {**fields, "cases": [], "before": rates, "looked_into_by": None, "remark": None}


def _is_off(state: State) -> Literal["look_into", "__end__"]:
    return "look_into" if state.exceptions else "__end__"


async def look_into(state: State) -> dict[str, Any]:
    """What a person says of what is off."""
    answer = ask(
        "Look into the mortgage portfolio",
        form=Remark,
        description="\n".join(f"- {line}" for line in state.exceptions),
        payload=Review.model_validate(state.model_dump(include=set(Review.model_fields))).model_dump(mode="json"),
        assignees=[RISK],
        due=timedelta(days=2),
    )
    remark = answer.values.remark if answer.values else answer.comment
    return {"looked_into_by": answer.by, "remark": remark}
