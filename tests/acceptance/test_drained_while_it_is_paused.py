from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.processes import marks, release, until_marked, worker_process
from tests.support.robust_serving import log_of
from tests.support.runs import start


async def test_a_worker_told_to_stop_during_a_pause_keeps_its_grace_period(temporal: DevServer, tmp_path: Path) -> None:
    """SIGTERM: inside an async node that was told to pause and does not end within the grace period of a second."""
    handle = await start(await temporal.client(), "async_node")
    async with worker_process(temporal.address, "slow", tmp_path, ORCHESTRATOR_DRAIN_SECONDS="1") as leaving:
        await until_marked(tmp_path, "begin work")
        await handle.signal("pause", {"by": "op"})
        await leaving.until_logged("stops at the next super-step")
        leaving.terminate()
        assert await leaving.ended() == 0
    assert marks(tmp_path) == ["begin work", "cancelled work"]
    release(tmp_path, "work")
    async with worker_process(temporal.address, "slow", tmp_path):
        assert (await handle.query("status"))["state"] == "paused"
        await handle.signal("resume", {"by": "op"})
        assert await log_of(handle) == ["work"]
        status = await handle.query("status")
    assert status["stages"][0]["attempt"] == 2
