from pathlib import Path

import pytest

from orchestrator.devserver import DevServer
from tests.support.processes import marks, worker_process
from tests.support.runs import answer, start


@pytest.mark.parametrize("asked", ["first?", "second?"])
async def test_a_worker_killed_between_a_subgraphs_write_and_its_parents_mixes_up_no_answers(
    temporal: DevServer, tmp_path: Path, checkpoints: str, asked: str
) -> None:
    """Killed: after the subgraph's write row with a question (depth 1), before its parent's (depth 0)."""
    handle = await start(await temporal.client(), "inside_subgraph")
    kill = {"table": "writes", "depth": 1, "channel": "__interrupt__", "count": 1 if asked == "first?" else 2}
    async with worker_process(temporal.address, "crash", tmp_path, checkpoints=checkpoints, kill_after=kill) as doomed:
        if asked == "second?":
            await answer(handle, "A", "first?")
        await doomed.killed()
        async with worker_process(temporal.address, "crash", tmp_path, checkpoints=checkpoints):
            if asked == "first?":
                await answer(handle, "A", "first?")
            await answer(handle, "B", "second?")
            result = await handle.result()
    assert result["output"]["log"] == ["before", "before", "prepare", "A B", "after"]
    assert marks(tmp_path) == ["before", "prepare", "answered A B", "after"]
