"""A graph that waits for a person, and one that waits for the test; each node writes down what it did."""

import asyncio
import operator
import os
from pathlib import Path
from typing import Annotated, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt


class State(TypedDict):
    """What the nodes did, for whom."""

    name: str
    log: Annotated[list[str], operator.add]


def mark(state: State, what: str) -> None:
    """Write down that something happened."""
    with Path(os.environ["MARKS"]).open("a") as file:
        file.write(f"{what} {state['name']}\n")


def before(state: State) -> dict[str, list[str]]:
    """Runs once."""
    mark(state, "before")
    return {"log": ["before"]}


def asks(state: State) -> dict[str, list[str]]:
    """Asks."""
    return {"log": [interrupt("Well?")]}


async def works(state: State) -> dict[str, list[str]]:
    """Goes on once the test lets it."""
    mark(state, "begin")
    while not Path(os.environ["MARKS"]).with_name("release-works").exists():
        await asyncio.sleep(0.02)
    mark(state, "end")
    return {"log": ["works"]}


def after(state: State) -> dict[str, list[str]]:
    """Runs once."""
    mark(state, "after")
    return {"log": ["after"]}


asking = StateGraph(State).add_sequence([before, asks, after]).add_edge(START, "before")
slow = StateGraph(State).add_sequence([before, works, after]).add_edge(START, "before")
