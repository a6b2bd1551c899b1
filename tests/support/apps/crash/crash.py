"""Graphs with the shapes in which crashes have been seen to hurt. Each node writes down that it ran to its end."""

import operator
import os
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langgraph.func import entrypoint, task
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt


class State(TypedDict):
    """What the nodes did."""

    log: Annotated[list[str], operator.add]


def mark(name: str) -> None:
    """Write down that something happened."""
    with Path(os.environ["MARKS"]).open("a") as file:
        file.write(f"{name}\n")


def step(name: str) -> Any:
    """A node that writes down its name."""

    def node(state: State) -> State:
        mark(name)
        return {"log": [name]}

    return node


def asks_twice(state: State) -> State:
    """Two questions in one node."""
    first = interrupt("first?")
    second = interrupt("second?")
    mark(f"answered {first} {second}")
    return {"log": [f"{first} {second}"]}


def asks_and_raises(state: State) -> State:
    """Takes its first answer, and then fails the first time."""
    first = interrupt("first?")
    flag = Path(os.environ["MARKS"]).with_name("raised")
    if not flag.exists():
        flag.write_text("yes")
        raise ConnectionError("the service is away for a moment")
    second = interrupt("second?")
    mark(f"answered {first} {second}")
    return {"log": [f"{first} {second}"]}


def asks(name: str) -> Any:
    """A node with one question."""

    def node(state: State) -> State:
        answer = interrupt(f"{name}?")
        mark(f"{name} {answer}")
        return {"log": [f"{name} {answer}"]}

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


parallel = StateGraph(State)
parallel.add_node("join", step("join"))
for letter in "abc":
    parallel.add_node(letter, step(letter))
    parallel.add_edge(START, letter)
    parallel.add_edge(letter, "join")
parallel.add_edge("join", END)

two_questions = chain(before=step("before"), asking=asks_twice, after=step("after"))
takes_then_raises = chain(before=step("before"), asking=asks_and_raises, after=step("after"))
inside_subgraph = chain(
    before=step("before"), sub=chain(prepare=step("prepare"), asking=asks_twice).compile(), after=step("after")
)

side_by_side = StateGraph(State)
for side in ("left", "right"):
    side_by_side.add_node(side, asks(side))
    side_by_side.add_edge(START, side)
    side_by_side.add_edge(side, END)


@task
def work(name: str) -> str:
    """A task of the functional API."""
    mark(name)
    return name


@task
def question(name: str) -> str:
    """A task that asks."""
    return f"{name} {interrupt(f'{name}?')}"


@entrypoint()
def functional(names: list[str]) -> list[str]:
    """Tasks, a question of a task, and one of the entrypoint itself."""
    done = [work(name).result() for name in names]
    asked = question("task").result()
    own = interrupt("own?")
    mark(f"answered {asked} {own}")
    return [*done, asked, f"own {own}"]
