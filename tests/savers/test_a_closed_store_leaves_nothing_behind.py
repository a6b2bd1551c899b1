"""No task that waits for what never comes: Python reports one that is garbage before its end."""

import asyncio

from tests.support.stores import EVERY_DATABASE, acquired, lease, put, stores


@EVERY_DATABASE
async def test_of_all_that_it_began(checkpoints: str) -> None:
    before = asyncio.all_tasks()
    async with stores(checkpoints) as (store,):
        await put(await acquired(store, lease()))
        await store.memory().aput(("people",), "ann", {"age": 7})
    assert asyncio.all_tasks() == before


async def test_not_even_what_langgraph_had_not_answered(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        memory = store.memory()
        writing = [asyncio.create_task(memory.aput(("people",), str(number), {"age": 7})) for number in range(20)]
        await asyncio.sleep(0)
    done, open_still = await asyncio.wait(writing, timeout=30)
    assert len(done) == len(writing)
    assert not open_still
