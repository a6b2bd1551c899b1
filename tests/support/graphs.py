"""Building blocks of the graphs in tests."""

import operator
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

from langgraph.graph import START, StateGraph

Node = Callable[..., Any]
Builder = StateGraph[Any, Any, Any, Any]


class Log(TypedDict):
    """What the nodes wrote down."""

    log: Annotated[list[Any], operator.add]


EMPTY: dict[str, list[Any]] = {"log": []}
"""The start input of a graph over `Log`."""


def chain(*nodes: Node, schema: Any = Log, context: Any = None) -> Builder:
    """A graph of nodes in a row, each named after its function."""
    builder: Builder = StateGraph(schema, context)
    builder.add_sequence(nodes)
    builder.add_edge(START, nodes[0].__name__)
    return builder


def fan(*nodes: Node, schema: Any = Log) -> Builder:
    """A graph of nodes side by side."""
    builder: Builder = StateGraph(schema)
    for node in nodes:
        builder.add_node(node.__name__, node)
        builder.add_edge(START, node.__name__)
    return builder


def says(word: str) -> Node:
    """A node that logs a word, and is named after it."""

    def node(_state: Log) -> Log:
        return {"log": [word]}

    node.__name__ = word
    return node
