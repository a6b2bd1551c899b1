import asyncio
import contextlib

from orchestrator.checkpoints.open import open_store
from tests.support.stores import acquired, lease, put


async def test_by_several_processes_makes_one_table(dynamodb: str) -> None:
    async with contextlib.AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(open_store(dynamodb)) for _ in range(4)]
        await asyncio.gather(*(store.setup() for store in stores), *(store.prepare() for store in stores))
        await put(await acquired(stores[0], lease()))
        await asyncio.gather(*(store.setup() for store in stores))
        assert await stores[-1].latest("thread")
