from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError

from orchestrator.devserver import DevServer
from tests.support.processes import marks, until_marked, worker_process
from tests.support.runs import start


async def test_a_workflow_cancelled_in_an_async_node_stops_the_node_and_ends_cancelled(
    temporal: DevServer, tmp_path: Path, checkpoints: str
) -> None:
    handle = await start(await temporal.client(), "async_node", heartbeat_timeout="PT30S")
    async with worker_process(temporal.address, "slow", tmp_path, checkpoints=checkpoints):
        await until_marked(tmp_path, "begin work")
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    assert marks(tmp_path) == ["begin work", "cancelled work"]
    assert (await handle.describe()).status == WorkflowExecutionStatus.CANCELED
