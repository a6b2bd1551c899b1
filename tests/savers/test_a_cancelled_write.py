import asyncio

import pytest

from tests.savers.locks import locked
from tests.support.stores import acquired, lease, put, rows, stores


async def test_ends_when_its_outcome_is_known(checkpoints: str) -> None:
    """Else it could still be written after the run that was cancelled has ended."""
    async with stores(checkpoints) as (store,):
        saver = await acquired(store, lease())
        async with locked(checkpoints, "thread"):
            writing = asyncio.create_task(put(saver))
            await asyncio.wait([writing], timeout=0.1)
            writing.cancel()
            await asyncio.wait([writing], timeout=0.1)
            assert not writing.done()
        with pytest.raises(asyncio.CancelledError):
            await writing
        assert len(await rows(store)) == 1


async def test_does_not_wait_when_it_is_cancelled_again(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        saver = await acquired(store, lease())
        async with locked(checkpoints, "thread"):
            writing = asyncio.create_task(put(saver))
            for _ in range(2):
                await asyncio.wait([writing], timeout=0.1)
                writing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await writing


async def test_of_another_run_does_no_harm(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        ours, theirs = [await acquired(store, lease(thread=thread)) for thread in ("ours", "theirs")]
        cancelled, written = asyncio.create_task(put(ours, "ours")), asyncio.create_task(put(theirs, "theirs"))
        await asyncio.sleep(0)
        cancelled.cancel()
        await written
        assert len(await rows(store, "theirs")) == 1
