import asyncio
import itertools
import random

import pytest

from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.errors import LeaseLost
from tests.support.stores import EVERY_DATABASE, Saver, acquired, lease, put, put_writes, rows, stores

RACES = {"dynamodb": 10}
"""By kind of database, 100 by default: the tests' DynamoDB does one request after the other, slowly."""
pytestmark = EVERY_DATABASE


def races(url: str) -> int:
    return RACES.get(url.partition(":")[0], 100)


async def writing(saver: Saver, thread: str) -> None:
    """An attempt that writes until it is told that it lost, with a little work between its writes: SQLite's lock is not
    fair, and a writer that never paused would not let its successor in."""
    for step in itertools.count():
        await asyncio.sleep(0.001)
        where = await put(saver, thread, step)
        await put_writes(saver, where)


async def race(ours: CheckpointStore, theirs: CheckpointStore, thread: str, chance: random.Random) -> None:
    """Take a thread over while its writer writes; cut the writer off in mid-flight, or let it find out."""
    old = await acquired(ours, lease(1, 1, thread=thread))
    writer = asyncio.create_task(writing(old, thread))
    try:
        await asyncio.sleep(chance.uniform(0, 0.01))
        cut_before, cut_after = chance.choice([(False, False), (True, False), (False, True)])
        if cut_before:
            writer.cancel()
        new = await acquired(theirs, lease(1, 2, thread=thread))
        then = await rows(theirs, thread)
        if cut_after:
            writer.cancel()
        with pytest.raises((LeaseLost, asyncio.CancelledError)):
            await writer
    finally:
        writer.cancel()
    assert await rows(theirs, thread) == then
    await put(new, thread)
    with pytest.raises(LeaseLost):
        await put(old, thread)


@pytest.mark.parametrize("seed", [1])
async def test_when_a_writer_is_replaced_by_another_worker(checkpoints: str, seed: int) -> None:
    chance = random.Random(seed)
    async with stores(checkpoints, 2) as (ours, theirs):
        for number in range(races(checkpoints)):
            await race(ours, theirs, f"thread-{number}", chance)


@pytest.mark.parametrize("seed", [2])
async def test_when_a_writer_is_replaced_within_its_worker(checkpoints: str, seed: int) -> None:
    """As after a heartbeat time-out, with others at work on the same connections."""
    chance = random.Random(seed)
    async with stores(checkpoints) as (store,):
        for group in range(races(checkpoints) // 10):
            await asyncio.gather(*(race(store, store, f"{group}-{number}", chance) for number in range(10)))
