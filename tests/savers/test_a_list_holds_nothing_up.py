"""What is listed may be read, changed or left while the list is gone through."""

import asyncio

from langchain_core.runnables import RunnableConfig

from orchestrator.checkpoints.postgres import PostgresStore
from tests.support.stores import EVERY_DATABASE, SERDE, Saver, acquired, lease, put, stores

CONFIG: RunnableConfig = {"configurable": {"thread_id": "thread", "checkpoint_ns": ""}}


async def read_one_by_one(saver: Saver) -> int:
    """How many checkpoints are listed, if each is read by itself meanwhile."""
    count = 0
    async with asyncio.timeout(8):
        async for saved in saver.alist(CONFIG):
            assert await saver.aget_tuple(saved.config) is not None
            count += 1
    return count


@EVERY_DATABASE
async def test_to_its_own_reader(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        saver = await acquired(store, lease())
        for step in range(3):
            await put(saver, step=step)
        assert await read_one_by_one(saver) == 3


async def test_to_others_on_the_only_connection(postgres: str) -> None:
    async with stores(postgres) as (store,), PostgresStore(postgres, max_connections=1) as narrow:
        await put(await acquired(store, lease()))
        assert await read_one_by_one(narrow.saver(None, SERDE)) == 1
