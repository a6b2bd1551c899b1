import pytest

from orchestrator.checkpoints.store import ForeignThread, Lease
from orchestrator.errors import LeaseLost
from tests.support.stores import EVERY_DATABASE, SERDE, acquired, lease, put, stores

pytestmark = EVERY_DATABASE


@pytest.mark.parametrize("later", [lease(1, 3), lease(2, 1)], ids=["attempt", "turn"])
async def test_from_an_earlier_one(checkpoints: str, later: Lease) -> None:
    async with stores(checkpoints, 2) as (ours, theirs):
        await acquired(ours, lease(1, 2))
        saver = await acquired(theirs, later)
        await put(saver)


@pytest.mark.parametrize("earlier", [lease(2, 1), lease(1, 9)], ids=["attempt", "turn"])
async def test_and_an_earlier_one_that_comes_late_is_refused(checkpoints: str, earlier: Lease) -> None:
    async with stores(checkpoints, 2) as (ours, theirs):
        holder = await acquired(ours, lease(2, 2))
        with pytest.raises(LeaseLost, match="replaced by a later one"):
            await acquired(theirs, earlier)
        await put(holder)


async def test_the_same_attempt_may_take_it_again(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        first = await acquired(store, lease(2, 2))
        second = await acquired(store, lease(2, 2))
        await put(first)
        await put(second)


async def test_the_run_that_continues_another_takes_its_threads_whatever_the_turn(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        before = await acquired(store, lease(7, 3, run="before"))
        after = lease(1, 1, run="after")
        await store.acquire(after, continued_from="before")
        await put(store.saver(after, SERDE))
        with pytest.raises(LeaseLost):
            await put(before)


async def test_any_other_run_is_told_that_the_thread_is_not_its_own_and_takes_nothing(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        holder = await acquired(store, lease(1, 1, run="before the reset"))
        with pytest.raises(ForeignThread):
            await acquired(store, lease(9, 9, run="after the reset"))
        await put(holder)


async def test_each_thread_has_a_lease_of_its_own(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        one = await acquired(store, lease(1, 1, thread="one"))
        await acquired(store, lease(5, 1, thread="other"))
        await put(one, "one")
