from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.processes import marks, release, until_marked, worker_process
from tests.support.robust_serving import log_of
from tests.support.runs import start, until, until_idle, until_told


async def test_a_stage_whose_worker_dies_during_a_pause_goes_on_when_resumed(
    temporal: DevServer, tmp_path: Path
) -> None:
    """SIGKILL: inside the second node. Temporal does not try again an activity that was asked to stop."""
    handle = await start(await temporal.client(), "slow")
    async with worker_process(temporal.address, "slow", tmp_path) as worker:
        release(tmp_path, "one")
        await until_marked(tmp_path, "begin two")
        await until_told(handle, b'"steps":1')
        await handle.signal("pause", {"by": "op"})
        await until(handle, lambda status: status["state"] == "paused")
        worker.kill()
        await worker.killed()
    async with worker_process(temporal.address, "slow", tmp_path):
        await until_idle(handle)
        status = await until(handle, lambda status: status["stages"][0]["state"] == "paused")
        assert (status["state"], status["stages"][0]["steps"]) == ("paused", 1)
        await handle.signal("resume", {"by": "op"})
        release(tmp_path, "two", "three")
        assert await log_of(handle) == ["one", "two", "three"]
        audit = await handle.query("audit")
    assert "parked" not in [entry["what"] for entry in audit]
    assert marks(tmp_path).count("begin one") == 1
