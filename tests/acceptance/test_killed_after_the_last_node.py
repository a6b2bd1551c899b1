from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.processes import marks, worker_process
from tests.support.runs import start


async def test_a_worker_killed_after_the_last_node_and_before_it_reported_runs_nothing_again(
    temporal: DevServer, tmp_path: Path, checkpoints: str
) -> None:
    """Killed: right after the last checkpoint row (step 3), before the activity completed."""
    handle = await start(await temporal.client(), "steps")
    kill = {"table": "checkpoints", "step": 3}
    async with worker_process(temporal.address, "steps", tmp_path, checkpoints=checkpoints, kill_after=kill) as doomed:
        await doomed.killed()
        async with worker_process(temporal.address, "steps", tmp_path, checkpoints=checkpoints):
            result = await handle.result()
    assert result["output"] == {"log": ["first", "second", "third"]}
    assert marks(tmp_path) == ["first", "second", "third"]
