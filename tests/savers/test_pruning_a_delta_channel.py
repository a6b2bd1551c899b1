"""Its value is spread over the history of its thread, which therefore stays whole."""

from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.channels.delta import DeltaChannel
from langgraph.graph import END, START, StateGraph

from tests.support.stores import acquired, lease, rows, stores

CONFIG: RunnableConfig = {"configurable": {"thread_id": "thread"}}


def extend(state: list[str], writes: list[list[str]]) -> list[str]:
    return [*state, *(word for write in writes for word in write)]


class State(TypedDict):
    log: Annotated[list[str], DeltaChannel(extend, snapshot_frequency=100)]


def says(word: str) -> Any:
    return lambda _state: {"log": [word]}


@pytest.fixture(params=["memory", "sqlite", "postgresql", "redis", "dynamodb"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "memory":
        return "memory://"
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('tmp_path') / 'checkpoints.db'}"
    return str(request.getfixturevalue("postgres" if request.param == "postgresql" else request.param))


async def test_leaves_it_as_it_is(url: str) -> None:
    builder = StateGraph(State).add_node("one", says("one")).add_node("two", says("two"))
    builder.add_edge(START, "one").add_edge("one", "two").add_edge("two", END)
    async with stores(url) as (store,):
        graph = builder.compile(checkpointer=await acquired(store, lease()))
        await graph.ainvoke({"log": ["start"]}, CONFIG, durability="sync")
        before = await rows(store)
        assert not await store.prune(lease())
        assert await rows(store) == before
        assert (await graph.aget_state(CONFIG)).values == {"log": ["start", "one", "two"]}
