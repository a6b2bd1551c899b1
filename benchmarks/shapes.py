"""The graphs that are measured: the same for every contestant."""

import asyncio
import operator
import os
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

Builder = StateGraph[Any, Any, Any, Any]
Metadata = dict[str, Any] | None
"""What the plugin wants to know of a node; nothing for the others."""

NODE_SECONDS = 0.1
"""How long a node of `marked` takes."""
MARKED, GATE = 40, 20
"""Its number of nodes, and the node that waits for the file."""


class State(TypedDict):
    """A number, and a little text."""

    count: Annotated[int, operator.add]
    text: str


class Count(TypedDict):
    """What a graph with a large state returns."""

    count: Annotated[int, operator.add]


class Grown(State):
    """A state of so many bytes, made by the first node."""

    size: int


class Marked(TypedDict):
    """Where the nodes write down that they ran, and what the gate waits for."""

    file: str
    gate: str
    count: Annotated[int, operator.add]


class Shape(NamedTuple):
    """So many super-steps, each of so many parallel nodes."""

    layers: int
    width: int = 1

    @property
    def name(self) -> str:
        """As the graph is registered."""
        return f"{self.layers}x{self.width}"

    def build(self, metadata: Metadata = None) -> Builder:
        """The graph; the plugin changes the one it is given, so each contestant gets its own."""
        builder: Builder = StateGraph(State)
        before = [START]
        for layer in range(self.layers):
            names = [f"n{layer}_{number}" for number in range(self.width)]
            for name in names:
                builder.add_node(name, node if self.width == 1 else quiet, metadata=metadata)
                for each in before:
                    builder.add_edge(each, name)
            before = names
        for each in before:
            builder.add_edge(each, END)
        return builder


async def node(state: State) -> dict[str, Any]:
    """As good as nothing, so that what is measured is not the node."""
    return {"count": 1, "text": f"step {state['count']}"}


async def quiet(state: State) -> dict[str, Any]:
    """The same, for nodes that run in parallel."""
    return {"count": 1 if state else 0}


async def grow(state: Grown) -> dict[str, Any]:
    """Text that cannot be compressed to nothing."""
    return {"count": 1, "text": os.urandom(state["size"] // 2).hex()}


async def carry(state: Grown) -> dict[str, Any]:
    """Read it all, as its type says, and leave it as it is."""
    return {"count": 1 if state["text"] else 0}


def grown(nodes: int, metadata: Metadata = None) -> Builder:
    """A chain whose first node makes a large state, which the others carry along; what it returns is small."""
    builder: Builder = StateGraph(Grown, output_schema=Count)
    names = [f"n{number}" for number in range(nodes)]
    for name, before in zip(names, [START, *names], strict=False):
        builder.add_node(name, carry if before != START else grow, metadata=metadata)
        builder.add_edge(before, name)
    builder.add_edge(names[-1], END)
    return builder


def ask(state: State) -> dict[str, Any]:
    """Wait for a person."""
    return {"count": 1, "text": f"{state['text']}: {interrupt('Go on?')}"}


def asking(around: int, metadata: Metadata = None) -> Builder:
    """So many nodes, a question, and as many nodes again."""
    builder: Builder = StateGraph(State)
    names = [*(f"before{number}" for number in range(around)), "ask", *(f"after{number}" for number in range(around))]
    for name, before in zip(names, [START, *names], strict=False):
        builder.add_node(name, ask if name == "ask" else node, metadata=metadata)
        builder.add_edge(before, name)
    builder.add_edge(names[-1], END)
    return builder


async def work(state: Marked) -> dict[str, Any]:
    """Take a while, having written down which process does it; one of them waits for the file to be there."""
    mark(state["file"], f"{state['count']} {os.getpid()}")
    while state["count"] == GATE and not Path(state["gate"]).exists():
        await asyncio.sleep(NODE_SECONDS / 5)
    await asyncio.sleep(NODE_SECONDS)
    return {"count": 1}


def mark(file: str, text: str) -> None:
    """One line, appended at once."""
    with Path(file).open("a") as output:
        output.write(text + "\n")


def marked(metadata: Metadata = None, gate: Metadata = None) -> Builder:
    """A chain that tells where it is."""
    builder: Builder = StateGraph(Marked)
    names = [f"n{number}" for number in range(MARKED)]
    for number, (name, before) in enumerate(zip(names, [START, *names], strict=False)):
        builder.add_node(name, work, metadata=gate if number == GATE else metadata)
        builder.add_edge(before, name)
    builder.add_edge(names[-1], END)
    return builder


SHAPES = (Shape(1), Shape(5), Shape(10), Shape(50), Shape(1, 10), Shape(5, 10))
NODES = (1, 10, 50)
AROUND = (1, 3, 10)
