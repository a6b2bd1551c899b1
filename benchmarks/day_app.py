"""The application of `benchmarks.day`: some work that fails now and then, and a question that people are late with."""

from datetime import timedelta
from typing import TypedDict

from langgraph.graph import START, StateGraph
from temporalio import activity

from orchestrator import Orchestrator
from orchestrator.waits import ask

FAILS_EVERY = 10
"""Of so many runs one meets a service that is away for a moment."""


class State(TypedDict, total=False):
    """Which run it is, what was found, and what was said of it."""

    number: int
    found: str
    answer: str


async def search(state: State) -> State:
    """Find 10 kB."""
    if state["number"] % FAILS_EVERY == 0 and activity.info().attempt == 1:
        raise ConnectionError("the service is away")
    return {"found": "word " * 2000}


def approve(state: State) -> State:
    """Ask, with a due date, reminders and an escalation, which all come before the answer."""
    answer = ask(
        f"Approve number {state['number']}?",
        assignees=["group:approvers"],
        due=timedelta(hours=2),
        remind_every=timedelta(minutes=30),
        escalate_to=["group:seniors"],
    )
    return {"answer": answer.action}


builder = StateGraph(State)
builder.add_sequence([search, approve])
builder.add_edge(START, "search")

app = Orchestrator("day")
app.graph(builder, name="approve")
