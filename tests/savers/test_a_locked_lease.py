import asyncio

from tests.savers.locks import locked
from tests.support.stores import acquired, lease, put, rows, stores


async def test_of_one_thread_holds_up_no_other(postgres: str) -> None:
    async with stores(postgres) as (store,):
        ours, theirs = [await acquired(store, lease(thread=thread)) for thread in ("ours", "theirs")]
        async with locked(postgres, "ours"):
            waits = asyncio.create_task(put(ours, "ours"))
            for _ in range(3):
                await put(theirs, "theirs")
            assert not waits.done()
        await waits
        assert len(await rows(store, "theirs")) == 3
        assert len(await rows(store, "ours")) == 1
