"""What was done and not answered is asked for again: the second time may not undo the first."""

import pytest

from orchestrator.checkpoints.upkeep import upkeep
from tests.support.dynamodb import DynamoServer
from tests.support.dynamodb_rows import items
from tests.support.stores import acquired, lease, put, rows, stores

LARGE = "x" * 100_000
THREAD = "work/0123456789ab/stage"


async def test_leaves_a_large_value_in_its_place(dynamodb: str, dynamodb_server: DynamoServer) -> None:
    async with stores(dynamodb) as (store,):
        await store.put_value("key", b"before" * 20_000)
        with dynamodb_server.losing_answers():
            await store.put_value("key", LARGE.encode())
            assert await store.get_value("key") == LARGE.encode()


async def test_leaves_a_large_item_of_the_memory_in_its_place(dynamodb: str, dynamodb_server: DynamoServer) -> None:
    async with stores(dynamodb) as (store,):
        memory = store.memory()
        with dynamodb_server.losing_answers():
            await memory.aput(("people",), "ann", {"of": LARGE})
            item = await memory.aget(("people",), "ann")
        assert item is not None
        assert item.value == {"of": LARGE}


async def test_leaves_a_thread_as_it_is(dynamodb: str, dynamodb_server: DynamoServer) -> None:
    async with stores(dynamodb) as (store,):
        with dynamodb_server.losing_answers():
            where = await put(await acquired(store, lease(thread=THREAD)), THREAD)
            assert await rows(store, THREAD) == {where["configurable"]["checkpoint_id"]}


@pytest.mark.parametrize("data", [b"small", LARGE.encode()])
async def test_leaves_nothing_of_a_thread_that_is_deleted(
    dynamodb: str, dynamodb_server: DynamoServer, data: bytes
) -> None:
    async with stores(dynamodb) as (store,):
        empty = items(dynamodb)
        await put(await acquired(store, lease(thread=THREAD)), THREAD)
        await store.put_value(f"{THREAD}/output", data)
        with dynamodb_server.losing_answers():
            [thread] = await upkeep(store).threads("", 10)
            assert await upkeep(store).drop(thread)
        assert items(dynamodb) == empty
