import asyncio
from pathlib import Path

from tests.savers.locks import locked
from tests.support.stores import SERDE, acquired, lease, put, rows, stores


async def test_does_not_wait(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'checkpoints.db'}"
    async with stores(url) as (store,):
        saver = await acquired(store, lease())
        where = await put(saver)
        async with locked(url, "thread"):
            assert await saver.aget_tuple(where) is not None
            assert await store.latest("thread") in await rows(store)


async def test_sees_nothing_of_a_transaction_that_is_open(tmp_path: Path) -> None:
    async with stores(f"sqlite:///{tmp_path / 'checkpoints.db'}") as (store,):
        saver = await acquired(store, lease())
        await put(saver)

        async def empty(do: object) -> None:
            await do("drop_checkpoints", "thread")  # type: ignore[operator]
            assert len(await rows(store)) == 1

        await store.atomically(empty)
        assert await rows(store) == set()


async def test_sees_the_latest_while_somebody_else_reads_many_questions(tmp_path: Path) -> None:
    """An open cursor holds its connection to what was committed when it began."""
    async with stores(f"sqlite:///{tmp_path / 'checkpoints.db'}") as (store,):
        saver, other = await acquired(store, lease()), await acquired(store, lease(thread="other"))
        where = await put(other, "other")
        for number in range(300):
            await other.aput_writes(where, [("__interrupt__", ("what?",))], f"task-{number}")
        reading = asyncio.create_task(store.asked("other", SERDE))
        while not reading.done():
            written = await put(saver)
            assert await store.latest("thread") == written["configurable"]["checkpoint_id"]
        assert len(await reading) == 300
