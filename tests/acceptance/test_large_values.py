from pathlib import Path

from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer
from orchestrator.wire import Decision
from tests.support.inside import serving
from tests.support.runs import open_tasks

MEGABYTES = 3_000_000


async def test_input_payload_and_output_of_megabytes_stay_out_of_the_history(
    temporal: DevServer, tmp_path: Path, checkpoints: str
) -> None:
    connection = await temporal.client()
    client = OrchestratorClient(connection, task_queue=tmp_path.name, checkpoints=checkpoints)
    async with serving(connection, "large", tmp_path, checkpoints):
        run = await client.start_graph("grow", {"text": "x" * MEGABYTES})
        handle = connection.get_workflow_handle(run.workflow_id)
        (task,) = await open_tasks(handle)
        assert task["payload"] is None
        assert task["payload_ref"]["size_bytes"] > 2 * MEGABYTES
        await client.decide(run.workflow_id, Decision(action="approve", values="yes", by="ann"))
        result = await client.result(run.workflow_id)
    assert result["output"] == {"text": "x" * MEGABYTES * 2, "answer": "yes"}
    history = await handle.fetch_history()
    assert sum(event.ByteSize() for event in history.events) < 20_000
