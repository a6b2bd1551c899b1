from functools import partial
from pathlib import Path

import pytest

from orchestrator.devserver import DevServer
from orchestrator.testing import KillAfter, worker_process
from tests.support.processes import ROOT, marks
from tests.support.runs import start

EACH_STEP = [str(number) for number in range(60)]


@pytest.mark.parametrize("graph", ["loops", "deltas"])
@pytest.mark.parametrize("step", [20, 41])
async def test_a_worker_killed_beside_the_pruning_repeats_no_node(
    temporal: DevServer, tmp_path: Path, checkpoints: str, graph: str, step: int
) -> None:
    """Killed: right after the checkpoint row of that step; `keep="waits"` prunes the thread every twenty."""
    handle = await start(await temporal.client(), graph, task_queue=tmp_path.name)
    arguments = ("--app", "tests.support.apps.loops:app", "--task-queue", tmp_path.name)
    worker = partial(
        worker_process,
        temporal.address,
        tmp_path,
        *arguments,
        checkpoints=checkpoints,
        PYTHONPATH=str(ROOT),
        MARKS=str(tmp_path / "marks"),
    )
    async with worker(kill_after=KillAfter(table="checkpoints", step=step)) as doomed:
        await doomed.killed()
        async with worker():
            result = await handle.result()
    assert result["output"] == {"log": EACH_STEP}
    assert marks(tmp_path) == EACH_STEP
