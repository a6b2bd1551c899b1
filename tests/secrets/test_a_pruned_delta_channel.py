"""Where its value can be had stays in clear; the value does not."""

import pytest

from orchestrator.calls import Rewind
from tests.support.deltas import CONFIG, STEPS, State, count, looped, on, run, step, watched
from tests.support.stores import EVERY_DATABASE, SERDE, lease, stores

pytestmark = [pytest.mark.usefixtures("keys"), EVERY_DATABASE]


async def test_keeps_its_value_in_the_thread_and_in_a_copy(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        graph = looped(State, step).compile(checkpointer=await watched(store))
        values = await run(graph, store, {"count": 0})
        assert values["seldom"] == list(range(1, STEPS, 2))
        assert await count(store) < STEPS // 2
        head = Rewind(checkpoint_id=await store.latest("thread") or "", head=True)
        await store.branch("thread", lease(thread="copy"), head, SERDE)
        assert (await graph.aget_state(on("copy"))).values == (await graph.aget_state(CONFIG)).values == values
