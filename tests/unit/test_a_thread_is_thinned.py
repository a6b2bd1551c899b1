"""What lies between the last wait and where a thread stands goes; on every database alike."""

from orchestrator.checkpoints.thin import Thinning
from tests.support.stores import EVERY_DATABASE, acquired, lease, put, put_writes, rows, stores


@EVERY_DATABASE
async def test_to_its_waits_and_its_end(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        saver = await acquired(store, lease())
        where = None
        steps = []
        for step in range(30):
            where = await put(saver, step=step, parent=where)
            steps.append(where["configurable"]["checkpoint_id"])
            await put_writes(saver, where)
        waited = steps[9]
        await Thinning(store, lease(), waited, wanted=True).now()
        kept = {one for one in await rows(store) if one in steps}
        assert kept == {*steps[:10], steps[-1]}
        latest = await saver.aget_tuple({"configurable": {"thread_id": "thread", "checkpoint_ns": ""}})
        assert latest is not None
        assert latest.config["configurable"]["checkpoint_id"] == steps[-1]
        assert latest.pending_writes
