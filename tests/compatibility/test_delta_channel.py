from collections.abc import Sequence
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.channels.delta import DeltaChannel
from langgraph.types import interrupt

from tests.support.compat import agreed
from tests.support.graphs import Builder, Node, chain


def extend(state: list[Any], writes: Sequence[list[Any]]) -> list[Any]:
    return [*state, *(word for write in writes for word in write)]


def schema(frequency: int) -> type:
    class State(TypedDict):
        log: Annotated[list[Any], DeltaChannel(extend, snapshot_frequency=frequency)]

    return State


def asks(name: str) -> Node:
    def node(state: dict[str, Any]) -> dict[str, Any]:
        answer = interrupt(f"{name}?")
        return {"log": [answer, len(state["log"])]}

    node.__name__ = name
    return node


def counts(name: str) -> Node:
    def node(state: dict[str, Any]) -> dict[str, Any]:
        return {"log": [len(state["log"])]}

    node.__name__ = name
    return node


def graph(frequency: int) -> Builder:
    return chain(counts("one"), asks("two"), counts("three"), asks("four"), counts("five"), schema=schema(frequency))


@pytest.mark.parametrize("frequency", [1, 2, 100])
async def test_is_rebuilt_from_its_writes_after_each_wait(frequency: int, checkpoints: str) -> None:
    start = {"log": ["start"]}
    output = await agreed(graph(frequency), start, {"two?": "A", "four?": "B"}, checkpoints=checkpoints)
    assert output == {"log": ["start", 1, "A", 2, 4, "B", 5, 7]}
