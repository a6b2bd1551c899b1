"""Three nodes, each of which writes down that it ran; the second kills its own process when told to."""

import operator
import os
import signal
from pathlib import Path
from typing import Annotated, TypedDict

from langgraph.graph import END, START, StateGraph


class State(TypedDict):
    """What the nodes did."""

    log: Annotated[list[str], operator.add]


def mark(name: str) -> None:
    """Write down that a node ran."""
    with Path(os.environ["MARKS"]).open("a") as file:
        file.write(f"{name}\n")


def first(state: State) -> State:
    """Runs once."""
    mark("first")
    return {"log": ["first"]}


def second(state: State) -> State:
    """Dies in the middle, the first time, if KILL_INSIDE is set."""
    mark("second")
    if os.environ.get("KILL_INSIDE") and not (flag := Path(os.environ["KILL_FLAG"])).exists():
        flag.write_text("inside the node `second`\n")
        os.kill(os.getpid(), signal.SIGKILL)
    return {"log": ["second"]}


def third(state: State) -> State:
    """Runs once."""
    mark("third")
    return {"log": ["third"]}


graph = StateGraph(State)
graph.add_node(first)
graph.add_node(second)
graph.add_node(third)
graph.add_edge(START, "first")
graph.add_edge("first", "second")
graph.add_edge("second", "third")
graph.add_edge("third", END)
