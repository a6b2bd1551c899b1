import operator
from dataclasses import replace
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.graph import START, StateGraph
from langgraph.types import Send, interrupt

from orchestrator.checkpoints.open import open_store
from orchestrator.checkpoints.saved import Saved
from orchestrator.checkpoints.serde import serializer
from orchestrator.history.path import path_of
from tests.support.stores import EVERY_DATABASE

WEIGHT = 200_000
pytestmark = EVERY_DATABASE


class Log(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def says(word: str) -> Any:
    return lambda _state: {"log": [word]}


def asks(_state: Log) -> Log:
    return {"log": [interrupt("?")]}


def sends(_state: Log) -> list[Send]:
    return [Send("worker", {}), Send("worker", {})]


def graph() -> Any:
    inner: Any = StateGraph(Log)
    inner.add_node("first", says("f")).add_node("asks", asks)
    inner.add_edge(START, "first").add_edge("first", "asks")
    outer: Any = StateGraph(Log)
    outer.add_node("heavy", says("x" * WEIGHT)).add_node("worker", says("w"))
    outer.add_node("sub", inner.compile())
    outer.add_edge(START, "heavy").add_conditional_edges("heavy", sends, ["worker"]).add_edge("worker", "sub")
    return outer


@pytest.fixture
async def saved(checkpoints: str) -> list[Saved]:
    """What the database has, once the graph waits."""
    async with open_store(checkpoints) as store:
        await store.setup()
        compiled = graph().compile(checkpointer=store.saver(None, serializer([])))
        config: Any = {"configurable": {"thread_id": "t"}}
        await compiled.ainvoke({"log": []}, config, durability="sync")
        return await store.saved("t")


async def test_each_with_the_nodes_that_ran_their_subgraph_and_its_size(saved: list[Saved]) -> None:
    assert [(one.namespace, one.step, one.nodes) for one in saved] == [
        ("", -1, []),
        ("", 0, []),
        ("", 1, ["heavy"]),
        ("", 2, ["worker", "worker"]),
        ("sub", -1, []),
        ("sub", 0, []),
        ("sub", 1, ["first"]),
    ]
    light, heavy = saved[1], saved[2]
    assert light.size_bytes is not None
    assert heavy.size_bytes is not None
    assert light.size_bytes < WEIGHT <= heavy.size_bytes
    assert [one.at for one in saved] == sorted(one.at for one in saved)


async def test_the_path_says_how_often_and_where_it_stands(saved: list[Saved]) -> None:
    path = path_of(saved)
    assert path.visits == {"__start__": 1, "heavy": 1, "worker": 2, "sub:__start__": 1, "sub:first": 1}
    assert path.standing == {"sub": "waiting", "sub:asks": "waiting"}


async def test_what_runs_inside_a_subgraph_is_what_is_next_there(saved: list[Saved]) -> None:
    just_begun = replace(saved[5], tasks=[])
    path = path_of([*saved[:5], just_begun], running=["sub"])
    assert path.standing["sub:first"] == "running"
