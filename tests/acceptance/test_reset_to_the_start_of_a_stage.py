from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.inside import serving
from tests.support.processes import marks
from tests.support.resets import reset
from tests.support.runs import start

FIRST_WORKFLOW_TASK = 4


async def test_a_stage_that_finished_after_the_point_of_a_reset_runs_again_from_its_start(
    temporal: DevServer, tmp_path: Path, checkpoints: str
) -> None:
    client = await temporal.client()
    async with serving(client, "steps", tmp_path, checkpoints):
        handle = await start(client, "steps", task_queue=tmp_path.name)
        await handle.result()

        again = await reset(client, handle, FIRST_WORKFLOW_TASK)
        assert (await again.result())["output"] == {"log": ["first", "second", "third"]}
    assert marks(tmp_path) == ["first", "second", "third"] * 2
