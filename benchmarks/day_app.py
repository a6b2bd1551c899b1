"""The application of `benchmarks.day`: some work that fails now and then, and a question that people are late with."""

from datetime import timedelta

from langgraph.graph import START, StateGraph
from temporalio import activity

from benchmarks import waiting_app
from orchestrator import Orchestrator

FAILS_EVERY = 10
"""Of so many runs one meets a service that is away for a moment."""


class State(waiting_app.State, total=False):
    """And what was found."""

    found: str


async def search(state: State) -> State:
    """Find 10 kB."""
    if state["number"] % FAILS_EVERY == 0 and activity.info().attempt == 1:
        raise ConnectionError("the service is away")
    return {"found": "word " * 2000}


approve = waiting_app.approving(due=timedelta(hours=2), remind_every=timedelta(minutes=30))
"""Answered only after all that."""

builder = StateGraph(State)
builder.add_sequence([search, approve])
builder.add_edge(START, "search")

app = Orchestrator("day")
app.graph(builder, name="approve")
