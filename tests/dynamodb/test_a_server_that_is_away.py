import pytest

from orchestrator.errors import StoreUnavailable
from orchestrator.testing import proxy
from tests.support.dynamodb import DynamoServer, table_at
from tests.support.stores import acquired, lease, put, rows, stores


async def test_is_named_and_what_was_written_is_there_when_it_is_back(dynamodb_server: DynamoServer) -> None:
    async with proxy(dynamodb_server.endpoint.removeprefix("http://")) as line:
        url = table_at(f"http://{line.address}")
        async with stores(url) as (store,):
            saver = await acquired(store, lease())
            await put(saver)
            before = await rows(store)
            with (
                line.outage(),
                pytest.raises(StoreUnavailable, match=r"DynamoDB table 't-.*' at http.* does not answer"),
            ):
                await put(saver)
            assert await rows(store) == before
            await put(saver)
            assert len(await rows(store)) == 2


async def test_or_busy_is_asked_again(dynamodb: str, dynamodb_server: DynamoServer) -> None:
    async with stores(dynamodb) as (store,):
        saver = await acquired(store, lease())
        dynamodb_server.throttle(2)
        await put(saver)
        assert len(await rows(store)) == 1
