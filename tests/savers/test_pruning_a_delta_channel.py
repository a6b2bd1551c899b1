"""Its value is spread over the history of its thread, of which so much stays as it goes back to."""

import operator
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from orchestrator.calls import Rewind
from tests.support.deltas import CONFIG, STEPS, State, count, looped, on, run, step, watched
from tests.support.stores import EVERY_DATABASE, SERDE, acquired, lease, stores

EVERYWHERE = pytest.mark.parametrize(
    "checkpoints", ["memory", "sqlite", "postgresql", "redis", "dynamodb"], indirect=True
)


class Migrated(TypedDict):
    count: int
    often: Annotated[list[int], operator.add]
    seldom: Annotated[list[int], operator.add]


class Without(TypedDict):
    count: int


def count_on(state: Without) -> dict[str, Any]:
    return {"count": state["count"] + 1}


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
        assert (await graph.aget_state(on("thread", checkpoint_id=base))).values == before
        assert await count(store) < STEPS


@EVERYWHERE
@pytest.mark.parametrize("schema", [Migrated, Without])
@pytest.mark.parametrize("pruned", [False, True])
async def test_leaves_the_value_of_one_that_the_graph_does_not_have_for_a_while(
    checkpoints: str, schema: Any, *, pruned: bool
) -> None:
    async with stores(checkpoints) as (store,):
        saver = await watched(store)
        graph = looped(State, step).compile(checkpointer=saver)
        before = await run(graph, store if pruned else None, {"count": 0})
        without = looped(schema, count_on, until=8).compile(checkpointer=saver)
        for _ in range(2):
            await run(without, store, {"count": 0}, await store.latest("thread") or "")
        assert (await graph.aget_state(CONFIG)).values == {**before, "count": 8}


@EVERYWHERE
async def test_leaves_it_told_to_which_checkpoints_nobody_can_go_back(checkpoints: str) -> None:
    bare = looped(State, step).compile(checkpointer=InMemorySaver())
    async with stores(checkpoints) as (store,):
        graph = looped(State, step).compile(checkpointer=await watched(store))
        for _ in range(2):
            await run(bare, None, {"count": 0})
            await run(graph, store, {"count": 0})
        was = [state.values for state in bare.get_state_history(CONFIG)]
        told: dict[bool, list[bool]] = {True: [], False: []}
        for saved in await store.saved("thread"):
            found = (await graph.aget_state(on("thread", checkpoint_id=saved.checkpoint_id))).values
            told[saved.incomplete].append(found in was)
        assert all(told[False])
        assert not all(told[True])


@EVERY_DATABASE
async def test_leaves_its_value_in_a_copy_of_where_the_thread_stands(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        graph = looped(State, step).compile(checkpointer=await watched(store))
        values = await run(graph, None, {"count": 0})
        head = Rewind(checkpoint_id=await store.latest("thread") or "", head=True)
        await store.branch("thread", lease(thread="copy"), head, SERDE)
        assert (await graph.aget_state(on("copy"))).values == values
        assert len(await store.saved("copy")) < STEPS // 2


@EVERYWHERE
async def test_keeps_all_of_a_thread_that_langgraph_has_written(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        graph = looped(State, step).compile(checkpointer=await acquired(store, lease()))
        values = await run(graph, None, {"count": 0})
        before = await count(store)
        await store.prune(lease())
        assert await count(store) == before
        assert (await graph.aget_state(CONFIG)).values == values
