from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.processes import marks, release, until_marked, worker_process
from tests.support.runs import start


async def test_a_node_that_outlives_the_grace_period_is_cancelled_and_runs_again_elsewhere(
    temporal: DevServer, tmp_path: Path
) -> None:
    """SIGTERM: inside an async node that does not end within the grace period of a second."""
    handle = await start(await temporal.client(), "async_node")
    async with worker_process(temporal.address, "slow", tmp_path, ORCHESTRATOR_DRAIN_SECONDS="1") as leaving:
        await until_marked(tmp_path, "begin work")
        leaving.terminate()
        assert await leaving.ended() == 0
    assert marks(tmp_path) == ["begin work", "cancelled work"]
    release(tmp_path, "work")
    async with worker_process(temporal.address, "slow", tmp_path):
        result = await handle.result()
        status = await handle.query("status")
    assert result["output"] == {"log": ["work"]}
    assert status["stages"][0]["attempt"] == 2
