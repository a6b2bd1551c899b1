"""Nodes that take their time: each writes down when it begins and when it ends, and waits for a file to appear."""

import asyncio
import operator
import os
import time
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph


class State(TypedDict):
    """What the nodes did."""

    log: Annotated[list[str], operator.add]


def mark(name: str) -> None:
    """Write down that something happened."""
    with Path(os.environ["MARKS"]).open("a") as file:
        file.write(f"{name}\n")


def released(name: str) -> bool:
    """Whether the test has let this node go on."""
    return Path(os.environ["MARKS"]).with_name(f"release-{name}").exists()


def waits_sync(name: str) -> Any:
    """A sync node: it runs in a thread, which nobody can cancel."""

    def node(state: State) -> State:
        mark(f"begin {name}")
        while not released(name):
            time.sleep(0.02)
        mark(f"end {name}")
        return {"log": [name]}

    return node


def waits_async(name: str) -> Any:
    """An async node."""

    async def node(state: State) -> State:
        mark(f"begin {name}")
        try:
            while not released(name):
                await asyncio.sleep(0.02)
        except asyncio.CancelledError:
            mark(f"cancelled {name}")
            raise
        mark(f"end {name}")
        return {"log": [name]}

    return node


def chain(**nodes: Any) -> StateGraph[State]:
    """A graph of nodes in a row."""
    builder = StateGraph(State)
    before = START
    for name, node in nodes.items():
        builder.add_node(name, node)
        builder.add_edge(before, name)
        before = name
    builder.add_edge(before, END)
    return builder


slow = chain(one=waits_async("one"), two=waits_sync("two"), three=waits_async("three"))
sync_node = chain(work=waits_sync("work"))


async def blocks_the_loop(state: State) -> State:
    """An async node that does not await."""
    while not released("blocking"):
        time.sleep(0.02)  # noqa: ASYNC251 - that is the point
    return {"log": ["blocking"]}


blocking = chain(work=blocks_the_loop)
async_node = chain(work=waits_async("work"))
