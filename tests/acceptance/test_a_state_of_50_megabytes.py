from pathlib import Path

from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer
from orchestrator.wire import Decision
from tests.support.inside import serving

MEGABYTES = 25_000_000


async def test_a_graph_whose_state_is_50_megabytes_runs(temporal: DevServer, tmp_path: Path, checkpoints: str) -> None:
    connection = await temporal.client()
    client = OrchestratorClient(connection, task_queue=tmp_path.name, checkpoints=checkpoints)
    async with serving(connection, "large", tmp_path, checkpoints):
        run = await client.start_graph("grow", {"text": "x" * MEGABYTES})
        await connection.get_workflow_handle(run.workflow_id).signal(
            "decide", Decision(action="approve", values="yes", by="ann")
        )
        result = await client.result(run.workflow_id)
    assert len(result["output"]["text"]) == 2 * MEGABYTES
