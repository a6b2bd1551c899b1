"""Graphs with static breakpoints inside subgraphs. Each node writes down that it ran to its end."""

import operator
import os
import signal
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langgraph.graph import START, StateGraph


class State(TypedDict):
    """What the nodes did."""

    log: Annotated[list[str], operator.add]


def step(name: str) -> Any:
    """A node that writes down its name."""

    def node(_state: State) -> State:
        with Path(os.environ["MARKS"]).open("a") as file:
            file.write(f"{name}\n")
        return {"log": [name]}

    return node


def dies_once(state: State) -> State:
    """Kills its worker the first time, and leaves nothing behind in the thread."""
    flag = Path(os.environ["MARKS"]).with_name("died")
    if not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    done: State = step("b")(state)
    return done


def chain(**nodes: Any) -> StateGraph[State]:
    """A graph of nodes in a row."""
    builder = StateGraph(State)
    builder.add_sequence(list(nodes.items()))
    builder.add_edge(START, next(iter(nodes)))
    return builder


def around(inner: Any) -> StateGraph[State]:
    """A graph with a node before a subgraph and one after it."""
    return chain(begin=step("begin"), inner=inner, end=step("end"))


def inner(b: Any = None, **options: Any) -> Any:
    """A subgraph of two nodes; the options are those of `compile`."""
    return chain(a=step("a"), b=b or step("b")).compile(**options)


before_a_node = around(inner(interrupt_before=["b"]))
before_the_first = around(inner(interrupt_before=["a"]))
after_a_node = around(inner(interrupt_after=["a"]))
after_the_last = around(inner(interrupt_after=["b"]))
two_levels_down = around(chain(deeper=inner(interrupt_before=["b"])).compile())
dies_after_it = around(inner(dies_once, interrupt_before=["b"]))
