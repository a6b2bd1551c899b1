import json
import sqlite3
from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.local import until
from tests.support.processes import marks
from tests.telemetry.receiver import receiving
from tests.telemetry.visits import Ward


async def test_runs_arrive_with_our_ids_and_the_graph_s_own_callbacks_are_called(
    temporal: DevServer, tmp_path: Path
) -> None:
    async with receiving() as receiver:
        ward = Ward(temporal.address, tmp_path, receiver.langsmith)
        async with ward.worker() as worker:
            workflow_id = await ward.start("visit")
            handle = (await temporal.client()).get_workflow_handle(workflow_id)
            await until(handle, lambda status: status["state"] == "waiting")
            await ward.command("decide", workflow_id, "--action", "approve", "--by", "ann")
            await handle.result()
            worker.terminate()
            assert await worker.ended() == 0
        for node in ("admit", "weigh", "decide", "treat"):
            run = next(run for run in receiver.runs.values() if run["name"] == node)
            metadata = run["extra"]["metadata"]
            assert (metadata["workflow_id"], metadata["stage"], metadata["attempt"]) == (workflow_id, "visit", 1)
            assert metadata["langgraph_node"] == node
        assert len({run["trace_id"] for run in receiver.runs.values()}) == 2  # one for each turn
        assert marks(tmp_path) == ["own callback visit", "own callback visit"]


async def test_our_ids_stand_in_no_checkpoint(temporal: DevServer, tmp_path: Path) -> None:
    async with receiving() as receiver, Ward(temporal.address, tmp_path, receiver.langsmith).worker():
        handle = await (await temporal.client()).start_workflow(
            "GraphRun",
            {"graph": "short", "input": {"log": []}},
            id=f"short-{tmp_path.name}",
            task_queue=tmp_path.name,
        )
        await handle.result()
    database = sqlite3.connect(tmp_path / "checkpoints.db")
    kept = [json.loads(row[0]) for row in database.execute("SELECT metadata FROM checkpoints")]
    database.close()
    assert kept
    assert not any({"workflow_id", "stage", "attempt"} & metadata.keys() for metadata in kept)
