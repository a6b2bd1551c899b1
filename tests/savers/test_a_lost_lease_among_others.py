import asyncio

import pytest

from orchestrator.errors import LeaseLost
from tests.support.stores import acquired, lease, put, rows, stores

THREADS = [f"thread-{number}" for number in range(10)]


async def test_is_refused_alone(checkpoints: str) -> None:
    async with stores(checkpoints, 2) as (ours, theirs):
        savers = [await acquired(ours, lease(1, 1, thread=thread)) for thread in THREADS]
        await theirs.acquire(lease(1, 2, thread=THREADS[3]))
        outcomes = await asyncio.gather(
            *(put(saver, thread) for saver, thread in zip(savers, THREADS, strict=True)), return_exceptions=True
        )
        written = [len(await rows(theirs, thread)) for thread in THREADS]
    refused = [thread for thread, outcome in zip(THREADS, outcomes, strict=True) if isinstance(outcome, LeaseLost)]
    assert refused == [THREADS[3]]
    assert THREADS[3] in str(outcomes[3])
    assert written == [0 if thread == THREADS[3] else 1 for thread in THREADS]


async def test_is_told_from_its_successor_in_the_same_worker(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        old = await acquired(store, lease(1, 1))
        new = await acquired(store, lease(1, 2))
        late = asyncio.create_task(put(old, step=1))
        where = await put(new, step=2)
        with pytest.raises(LeaseLost):
            await late
        assert await rows(store) == {where["configurable"]["checkpoint_id"]}
