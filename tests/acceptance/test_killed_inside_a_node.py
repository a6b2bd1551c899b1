from pathlib import Path
from uuid import uuid4

from orchestrator.devserver import DevServer
from tests.support.processes import marks, worker_process


async def test_a_worker_killed_inside_a_node_repeats_that_node_and_no_other(
    temporal: DevServer, tmp_path: Path
) -> None:
    """Killed: inside `second`, after the checkpoint row of step 1 (`first` done)."""
    client = await temporal.client()
    async with worker_process(temporal.address, "steps", tmp_path, KILL_INSIDE="yes") as doomed:
        handle = await client.start_workflow(
            "GraphRun",
            {"graph": "steps", "input": {"log": []}, "options": {"heartbeat_timeout": "PT2S"}},
            id=f"steps-{uuid4()}",
            task_queue="orchestrator",
        )
        await doomed.killed()
        async with worker_process(temporal.address, "steps", tmp_path):
            result = await handle.result()
    assert result["output"] == {"log": ["first", "second", "third"]}
    assert marks(tmp_path) == ["first", "second", "second", "third"]
