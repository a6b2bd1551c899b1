"""The application of `benchmarks.waiting`: one question, open for thirty days."""

from datetime import timedelta
from typing import TypedDict

from langgraph.graph import START, StateGraph

from orchestrator import Orchestrator
from orchestrator.waits import ask


class State(TypedDict, total=False):
    """Who is asked about what."""

    number: int
    answer: str


def approve(state: State) -> State:
    """Ask, with a due date, reminders and an escalation."""
    answer = ask(
        f"Approve number {state['number']}?",
        assignees=["group:approvers"],
        due=timedelta(days=30),
        remind_every=timedelta(days=7),
        escalate_to=["group:seniors"],
    )
    return {"answer": answer.action}


builder = StateGraph(State)
builder.add_node(approve)
builder.add_edge(START, "approve")

app = Orchestrator("waiting")
app.graph(builder, name="approve")
