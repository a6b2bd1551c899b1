"""A second one would never come free where as many prune at once as there are connections."""

from orchestrator.checkpoints.postgres import PostgresStore
from tests.support.stores import SERDE, acquired, lease, put, rows, stores


async def test_and_keeps_the_latest_checkpoint(postgres: str) -> None:
    async with stores(postgres) as (store,), PostgresStore(postgres, max_connections=1) as narrow:
        saver = await acquired(store, lease())
        where = None
        for step in range(3):
            where = await put(saver, step=step, parent=where)
        assert where is not None
        await narrow.saver(lease(), SERDE).aprune(["thread"])
        assert await rows(store) == {where["configurable"]["checkpoint_id"]}
        await narrow.saver(lease(), SERDE).aprune(["thread"], strategy="delete")
        assert await rows(store) == set()
