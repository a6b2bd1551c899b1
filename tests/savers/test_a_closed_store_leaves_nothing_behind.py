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
