from typing import Any

import pytest

from orchestrator.calls import Rewind
from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.errors import LeaseLost
from tests.support.redis_rows import connection
from tests.support.stores import SERDE, acquired, lease, put, put_writes, rows, stores

BRANCH = "thread@reset"


async def original(store: CheckpointStore) -> Rewind:
    """Write a thread; up to where it is copied."""
    saver = await acquired(store, lease())
    where = await put(saver)
    await put_writes(saver, where)
    return Rewind(checkpoint_id=where["configurable"]["checkpoint_id"])


async def fails(*_: Any) -> None:
    raise RuntimeError("as if the worker had died here")


async def test_is_seen_by_nobody_and_goes_by_itself(redis: str) -> None:
    async with stores(redis) as (store,):
        rewind = await original(store)
        store.on_copied = fails
        with pytest.raises(RuntimeError):
            await store.branch("thread", lease(1, 1, thread=BRANCH), rewind, SERDE)
        assert await rows(store, BRANCH) == set()
        with connection(redis) as client:
            unfinished = [key for key in client.scan_iter("*") if BRANCH.encode() in key]
            assert unfinished
            assert all(client.ttl(key) > 0 for key in unfinished)
        store.on_copied = None
        await store.branch("thread", lease(1, 2, thread=BRANCH), rewind, SERDE)
        assert await rows(store, BRANCH) == await rows(store)
        with connection(redis) as client:
            finished = [key for key in client.scan_iter("*") if BRANCH.encode() in key and key not in unfinished]
            assert {client.ttl(key) for key in finished} == {-1}


async def test_takes_nothing_from_an_attempt_that_was_faster(redis: str) -> None:
    """The earlier attempt has its copy ready when the later one has already gone on with its own."""
    async with stores(redis, 2) as (slow, fast):
        rewind = await original(slow)
        later = lease(1, 2, thread=BRANCH)

        async def overtaken(*_: Any) -> None:
            await fast.branch("thread", later, rewind, SERDE)
            await put(fast.saver(later, SERDE), BRANCH)

        slow.on_copied = overtaken
        with pytest.raises(LeaseLost):
            await slow.branch("thread", lease(1, 1, thread=BRANCH), rewind, SERDE)
        assert len(await rows(fast, BRANCH)) == len(await rows(fast)) + 1
        await put(fast.saver(later, SERDE), BRANCH)
