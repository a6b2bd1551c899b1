"""Graphs that wait for a person or for the test, and two whose node exits; each writes down what it did."""

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


def exits(state: State) -> dict[str, list[str]]:
    """As a script would."""
    raise SystemExit(len(state["name"]))


async def exits_in_the_loop(state: State) -> dict[str, list[str]]:
    """The same in a coroutine."""
    raise SystemExit(f"no {state['name']}")


asking = StateGraph(State).add_sequence([before, asks, after]).add_edge(START, "before")
slow = StateGraph(State).add_sequence([before, works, after]).add_edge(START, "before")
exiting = StateGraph(State).add_node(exits).add_edge(START, "exits")
exiting_async = StateGraph(State).add_node(exits_in_the_loop).add_edge(START, "exits_in_the_loop")
