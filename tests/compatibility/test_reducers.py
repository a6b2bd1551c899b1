import operator
from typing import Annotated, Any, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import Overwrite, interrupt

from tests.support.compat import agreed
from tests.support.graphs import Builder, Node


def longest(left: str, right: str) -> str:
    return max(left, right, key=len)


class State(TypedDict):
    words: Annotated[list[str], operator.add]
    total: Annotated[int, operator.add]
    longest: Annotated[str, longest]
    last: str


def left(_state: State) -> dict[str, Any]:
    return {"words": ["left"], "total": 1, "longest": "left"}


def right(_state: State) -> dict[str, Any]:
    return {"words": ["right"], "total": 2, "longest": "right"}


def joined(state: State) -> dict[str, Any]:
    answer = interrupt("go on?")
    return {"words": [answer], "total": state["total"], "last": state["longest"]}


def emptied(state: State) -> dict[str, Any]:
    return {"words": Overwrite([str(len(state["words"]))])}


def graph() -> Builder:
    builder: Builder = StateGraph(State)
    builder.add_sequence([joined, emptied])
    nodes: tuple[Node, ...] = (left, right)
    for node in nodes:
        builder.add_node(node)
        builder.add_edge(START, node.__name__)
        builder.add_edge(node.__name__, "joined")
    return builder


async def test_fold_each_write_once_before_a_wait_and_after(checkpoints: str) -> None:
    start = {"words": ["start"], "total": 10, "longest": "", "last": ""}
    output = await agreed(graph(), start, {"go on?": "yes"}, checkpoints=checkpoints)
    assert output == {"words": ["4"], "total": 26, "longest": "right", "last": "right"}
