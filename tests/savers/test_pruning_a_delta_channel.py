"""Its value is spread over the history of its thread, of which so much stays as it goes back to."""

import operator
from collections.abc import Sequence
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.channels.delta import DeltaChannel
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Overwrite

from orchestrator.activity.watch import Watch
from orchestrator.activity.watched import WatchedSaver
from orchestrator.calls import StageCall
from orchestrator.checkpoints.store import CheckpointStore
from tests.support.stores import acquired, lease, stores

CONFIG: RunnableConfig = {"configurable": {"thread_id": "thread"}, "recursion_limit": 100}
EVERYWHERE = pytest.mark.parametrize(
    "checkpoints", ["memory", "sqlite", "postgresql", "redis", "dynamodb"], indirect=True
)
STEPS = 24


def extend(state: list[Any], writes: Sequence[list[Any]]) -> list[Any]:
    return [*state, *(entry for write in writes for entry in write)]


class State(TypedDict):
    count: int
    often: Annotated[list[int], DeltaChannel(extend, snapshot_frequency=3)]
    seldom: Annotated[list[int], DeltaChannel(extend, snapshot_frequency=4)]
    never: Annotated[list[int], DeltaChannel(extend)]


class Migrated(TypedDict):
    count: int
    often: Annotated[list[int], operator.add]
    seldom: Annotated[list[int], operator.add]


class Without(TypedDict):
    count: int


def step(state: State) -> dict[str, Any]:
    count = state["count"] + 1
    again = Overwrite([0]) if count == STEPS // 2 else [count]
    return {"count": count, "often": again, **({"seldom": [count]} if count % 2 else {})}


def count_on(state: Without) -> dict[str, Any]:
    return {"count": state["count"] + 1}


def looped(schema: Any, node: Any, until: int = STEPS) -> StateGraph[Any]:
    builder = StateGraph(schema).add_node("step", node).add_edge(START, "step")
    return builder.add_conditional_edges("step", lambda state: END if state["count"] % until == 0 else "step")


async def watched(store: CheckpointStore) -> WatchedSaver:
    """The saver of an attempt."""
    call = StageCall(stage="work", graph="graph", thread_id="thread", turn=1, recursion_limit=100, durability="sync")
    return WatchedSaver(await acquired(store, lease()), Watch(call, ""))


async def run(graph: Any, store: CheckpointStore | None, state: Any, base: str = "") -> Any:
    """The values at the end; with a store, it prunes every few steps."""
    async for update in graph.astream(state, CONFIG, durability="sync"):
        if store is not None and update["step"]["count"] % 4 == 0:
            await store.prune(lease(), base)
    return (await graph.aget_state(CONFIG)).values


async def count(store: CheckpointStore) -> int:
    return len(await store.saved("thread"))


@EVERYWHERE
async def test_leaves_its_value_as_it_is_and_not_much_more(checkpoints: str) -> None:
    bare = looped(State, step).compile(checkpointer=InMemorySaver())
    async with stores(checkpoints) as (store,):
        graph = looped(State, step).compile(checkpointer=await watched(store))
        for _ in range(3):
            found = await run(graph, store, {"count": 0})
            assert found == await run(bare, None, {"count": 0})
            assert await count(store) < STEPS // 2
        assert found["seldom"][-STEPS // 2 :] == list(range(1, STEPS, 2))


@EVERYWHERE
async def test_leaves_a_wait_before_it_as_readable_as_it_was(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        saver = await watched(store)
        graph = looped(State, step).compile(checkpointer=saver)
        before = await run(graph, store, {"count": 0})
        base = await store.latest("thread") or ""
        await run(graph, store, {"count": 0}, base)
        at_base: RunnableConfig = {"configurable": {"thread_id": "thread", "checkpoint_id": base, "checkpoint_ns": ""}}
        assert (await graph.aget_state(at_base)).values == before
        assert await count(store) < STEPS


@EVERYWHERE
@pytest.mark.parametrize("schema", [Migrated, Without])
async def test_leaves_the_value_of_one_that_the_graph_does_not_have_for_a_while(checkpoints: str, schema: Any) -> None:
    async with stores(checkpoints) as (store,):
        saver = await watched(store)
        graph = looped(State, step).compile(checkpointer=saver)
        before = await run(graph, None, {"count": 0})
        without = looped(schema, count_on, until=8).compile(checkpointer=saver)
        for _ in range(2):
            await run(without, store, {"count": 0}, await store.latest("thread") or "")
        assert (await graph.aget_state(CONFIG)).values == {**before, "count": 8}


@EVERYWHERE
async def test_keeps_all_of_a_thread_that_langgraph_has_written(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        graph = looped(State, step).compile(checkpointer=await acquired(store, lease()))
        values = await run(graph, None, {"count": 0})
        before = await count(store)
        await store.prune(lease())
        assert await count(store) == before
        assert (await graph.aget_state(CONFIG)).values == values
