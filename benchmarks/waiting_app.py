"""The application of `benchmarks.waiting`: one question, open for thirty days."""

from datetime import timedelta
from typing import Any, TypedDict

from langgraph.graph import START, StateGraph

from orchestrator import Orchestrator
from orchestrator.waits import ask


class State(TypedDict, total=False):
    """Who is asked about what."""

    number: int
    answer: str


def approving(*, due: timedelta, remind_every: timedelta) -> Any:
    """A node that asks, with a due date, reminders and an escalation."""

    def approve(state: State) -> State:
        answer = ask(
            f"Approve number {state['number']}?",
            assignees=["group:approvers"],
            due=due,
            remind_every=remind_every,
            escalate_to=["group:seniors"],
        )
        return {"answer": answer.action}

    return approve


builder = StateGraph(State)
builder.add_node("approve", approving(due=timedelta(days=30), remind_every=timedelta(days=7)))
builder.add_edge(START, "approve")

app = Orchestrator("waiting")
app.graph(builder, name="approve")
