"""What lies between the last wait and where a thread stands goes; in every store alike."""

import pytest
from langchain_core.runnables import RunnableConfig

from orchestrator.errors import LeaseLost
from tests.support.stores import acquired, lease, put, put_writes, rows, stores

EVERYWHERE = pytest.mark.parametrize(
    "checkpoints", ["memory", "sqlite", "postgresql", "redis", "dynamodb"], indirect=True
)


def checkpoint_of(where: RunnableConfig) -> str:
    found: str = where["configurable"]["checkpoint_id"]
    return found


def call_of(subgraph: str) -> RunnableConfig:
    return {"configurable": {"thread_id": "thread", "checkpoint_ns": subgraph}}


@EVERYWHERE
async def test_to_its_waits_and_its_end(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        saver = await acquired(store, lease())
        where = None
        steps = []
        for step in range(30):
            where = await put(saver, step=step, parent=where)
            steps.append(checkpoint_of(where))
            await put_writes(saver, where)
        await store.prune(lease(), steps[9])
        kept = {one for one in await rows(store) if one in steps}
        assert kept == {*steps[:10], steps[-1]}
        latest = await saver.aget_tuple({"configurable": {"thread_id": "thread", "checkpoint_ns": ""}})
        assert latest is not None
        assert checkpoint_of(latest.config) == steps[-1]
        assert latest.pending_writes


@EVERYWHERE
async def test_of_subgraphs_only_what_the_root_still_waits_for(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        saver = await acquired(store, lease())
        await put(saver, step=0, parent=call_of("done:1"))
        kept_on = await put(saver, step=1, parent=call_of("remembers"))
        root = await put(saver, step=2)
        begun = await put(saver, step=3, parent=call_of("open:1"))
        stands = await put(saver, step=4, parent=begun)
        await store.prune(lease())
        assert await rows(store) == {checkpoint_of(one) for one in (kept_on, root, stands)}


@EVERYWHERE
async def test_by_nobody_who_has_lost_it(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        saver = await acquired(store, lease())
        where = None
        for step in range(3):
            where = await put(saver, step=step, parent=where)
        before = await rows(store)
        await store.acquire(lease(2))
        with pytest.raises(LeaseLost):
            await store.prune(lease())
        assert await rows(store) == before
