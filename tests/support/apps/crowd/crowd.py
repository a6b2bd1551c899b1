"""Graphs of which many run at once. Each node writes down for which run, in which thread and process it works.

A node ends once one of the files `release`, `release-NODE`, `release-NODE-RUN` and `release-NODE-PID` is there, and
`PACE` seconds have passed.
"""

import asyncio
import operator
import os
import time
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

PACE_SECONDS = float(os.environ.get("PACE", "0"))


class State(TypedDict):
    """Whose run it is, and what its nodes did."""

    name: str
    log: Annotated[list[str], operator.add]


def mark(event: str, node: str, state: State, config: RunnableConfig) -> None:
    """Write down that something happened."""
    words = (event, state["name"], node, config["configurable"]["thread_id"], str(os.getpid()))
    with Path(os.environ["MARKS"]).open("a") as file:
        file.write("\t".join(words) + "\n")


def released(node: str, state: State) -> bool:
    """Whether the test has let this node go on."""
    folder = Path(os.environ["MARKS"]).parent
    names = ("release", f"release-{node}", f"release-{node}-{state['name']}", f"release-{node}-{os.getpid()}")
    return any((folder / name).exists() for name in names)


def told(node: str) -> Any:
    """An async node."""

    async def run(state: State, config: RunnableConfig) -> Any:
        mark("begin", node, state, config)
        try:
            await asyncio.sleep(PACE_SECONDS)
            while not released(node, state):
                await asyncio.sleep(0.02)
        except asyncio.CancelledError:
            mark("cancelled", node, state, config)
            raise
        mark("end", node, state, config)
        return {"log": [node]}

    return run


def deaf(node: str) -> Any:
    """A sync node: it runs in a thread, which nobody can cancel."""

    def run(state: State, config: RunnableConfig) -> Any:
        mark("begin", node, state, config)
        time.sleep(PACE_SECONDS)
        while not released(node, state):
            time.sleep(0.02)
        mark("end", node, state, config)
        return {"log": [node]}

    return run


def asks(node: str, *questions: str) -> Any:
    """A node with questions, one after the other; it begins once it has all the answers."""

    def run(state: State, config: RunnableConfig) -> Any:
        answers = [str(interrupt(question)) for question in questions]
        mark("begin", node, state, config)
        time.sleep(PACE_SECONDS)
        mark("end", node, state, config)
        return {"log": [" ".join([node, *answers])]}

    return run


def row(**nodes: Any) -> StateGraph[State]:
    """A graph of nodes in a row."""
    builder = StateGraph(State)
    before = START
    for name, node in nodes.items():
        builder.add_node(name, node)
        builder.add_edge(before, name)
        before = name
    builder.add_edge(before, END)
    return builder


def side_by_side(**nodes: Any) -> StateGraph[State]:
    """A graph of nodes side by side, and a last one that waits for all of them."""
    builder = StateGraph(State)
    builder.add_node("join", told("join"))
    for name, node in nodes.items():
        builder.add_node(name, node)
        builder.add_edge(START, name)
    builder.add_edge(list(nodes), "join")
    builder.add_edge("join", END)
    return builder


chain = row(one=told("one"), two=deaf("two"), three=told("three"))
parallel = side_by_side(a=told("a"), b=deaf("b"), c=told("c"))
questions = row(before=told("before"), asking=asks("asking", "first?", "second?"), after=told("after"))
nested = row(
    before=told("before"),
    sub=row(prepare=deaf("prepare"), asking=asks("asking", "first?", "second?")).compile(),
    after=told("after"),
)
sides = side_by_side(left=asks("left", "left?"), right=asks("right", "right?"))

if os.environ.get("SUSPEND"):
    from tests.support.crash_late import arm

    arm()
