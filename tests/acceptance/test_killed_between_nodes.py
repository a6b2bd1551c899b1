from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.processes import marks, worker_process
from tests.support.runs import start
from tests.support.stores import EVERY_DATABASE

pytestmark = EVERY_DATABASE


async def test_a_worker_killed_between_two_nodes_repeats_neither(
    temporal: DevServer, tmp_path: Path, checkpoints: str
) -> None:
    """Killed: right after the checkpoint row of step 1, before the second node begins."""
    handle = await start(await temporal.client(), "steps")
    kill = {"table": "checkpoints", "step": 1}
    async with worker_process(temporal.address, "steps", tmp_path, checkpoints=checkpoints, kill_after=kill) as doomed:
        await doomed.killed()
        async with worker_process(temporal.address, "steps", tmp_path, checkpoints=checkpoints):
            result = await handle.result()
    assert result["output"] == {"log": ["first", "second", "third"]}
    assert marks(tmp_path) == ["first", "second", "third"]
