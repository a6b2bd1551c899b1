import pytest

from orchestrator.calls import Rewind
from orchestrator.checkpoints.store import ForeignThread
from orchestrator.errors import LeaseLost, ThreadLost
from tests.support.dynamodb_rows import client
from tests.support.stores import SERDE, acquired, lease, put, put_writes, rows, stores

UNFINISHED = {"copying": {"BOOL": True}}


def leave_unfinished(url: str) -> None:
    """As a worker does that died while it copied: some rows are there, and the mark on the lease."""
    table = url.removeprefix("dynamodb://").partition("?")[0]
    client(url).update_item(
        TableName=table,
        Key={"pk": {"S": "thread#copy"}, "sk": {"S": "lease"}},
        UpdateExpression="SET copying = :true",
        ExpressionAttributeValues={":true": {"BOOL": True}},
    )


async def test_is_made_anew_by_the_next_attempt_and_refused_to_the_one_before(dynamodb: str) -> None:
    async with stores(dynamodb) as (store,):
        saver = await acquired(store, lease())
        where = await put(saver)
        await put_writes(saver, where)
        rewind = Rewind(checkpoint_id=where["configurable"]["checkpoint_id"])
        dead = lease(1, 1, thread="copy", run="reset")
        await store.branch("thread", dead, rewind, SERDE)
        await put(store.saver(dead, SERDE), "copy")  # what the copy is not to have
        leave_unfinished(dynamodb)
        with pytest.raises(ThreadLost, match="not copied to its end"):
            await store.acquire(lease(1, 2, thread="copy", run="reset"))
        await store.branch("thread", lease(1, 3, thread="copy", run="reset"), rewind, SERDE)
        assert await rows(store, "copy") == await rows(store, "thread")
        await store.acquire(lease(1, 4, thread="copy", run="reset"))
        with pytest.raises(LeaseLost):
            await store.branch("thread", dead, rewind, SERDE)
        with pytest.raises(ForeignThread):
            await store.branch("thread", lease(thread="copy", run="another"), rewind, SERDE)
