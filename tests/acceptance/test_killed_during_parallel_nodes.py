from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.processes import marks, worker_process
from tests.support.runs import start
from tests.support.stores import EVERY_DATABASE

pytestmark = EVERY_DATABASE


async def test_parallel_nodes_that_had_finished_when_the_worker_was_killed_do_not_run_again(
    temporal: DevServer, tmp_path: Path, checkpoints: str
) -> None:
    """Killed: after the first of three parallel nodes' write rows, before the step's checkpoint row."""
    handle = await start(await temporal.client(), "parallel")
    kill = {"table": "writes", "channel": "log"}
    async with worker_process(temporal.address, "crash", tmp_path, checkpoints=checkpoints, kill_after=kill) as doomed:
        await doomed.killed()
        committed = (tmp_path / "killed").read_text()
        async with worker_process(temporal.address, "crash", tmp_path, checkpoints=checkpoints):
            result = await handle.result()
    assert "log" in committed
    assert sorted(result["output"]["log"]) == ["a", "b", "c", "join"]
    ran = marks(tmp_path)
    assert ran.count("join") == 1
    assert min(ran.count(letter) for letter in "abc") == 1, "the node whose writes were committed ran again"
