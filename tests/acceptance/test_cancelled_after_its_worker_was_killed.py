from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.processes import marks, until_marked, worker_process
from tests.support.robust_serving import ends_cancelled
from tests.support.runs import start


async def test_a_workflow_cancelled_in_a_node_whose_worker_is_dead_ends_cancelled(
    temporal: DevServer, tmp_path: Path
) -> None:
    """SIGKILL: inside the node. What its activity comes to is a time-out, which is no reason to park."""
    handle = await start(await temporal.client(), "async_node", heartbeat_timeout="PT4S")
    async with worker_process(temporal.address, "slow", tmp_path) as worker:
        await until_marked(tmp_path, "begin work")
        async with worker_process(temporal.address, "slow", tmp_path):
            worker.kill()
            await worker.killed()
            await handle.cancel()
            await ends_cancelled(handle)
            status = await handle.query("status")
    assert status["state"] == "cancelled"
    assert marks(tmp_path) == ["begin work"]
