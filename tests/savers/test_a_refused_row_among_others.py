import asyncio

from tests.support.stores import acquired, lease, put, put_writes, rows, stores

HALF_A_CHARACTER = "\ud800"
"""No database takes it as the id of a task."""


async def test_harms_no_other_thread_and_no_other_task_of_its_own(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        ours, theirs = [await acquired(store, lease(thread=thread)) for thread in ("ours", "theirs")]
        where = await put(ours, "ours")
        outcomes = await asyncio.gather(
            put_writes(ours, where),
            ours.aput_writes(where, [("log", "word")], HALF_A_CHARACTER),
            put_writes(ours, where),
            put(theirs, "theirs"),
            return_exceptions=True,
        )
        assert [isinstance(outcome, BaseException) for outcome in outcomes] == [False, True, False, False]
        assert len(await rows(store, "ours")) == 3
        assert len(await rows(store, "theirs")) == 1
