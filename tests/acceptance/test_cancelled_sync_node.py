from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError

from orchestrator.devserver import DevServer
from tests.support.processes import marks, release, until_marked, worker_process
from tests.support.runs import start


async def test_a_workflow_cancelled_in_a_sync_node_ends_once_its_thread_has_returned(
    temporal: DevServer, tmp_path: Path
) -> None:
    handle = await start(await temporal.client(), "sync_node")
    async with worker_process(temporal.address, "slow", tmp_path) as worker:
        await until_marked(tmp_path, "begin work")
        await handle.cancel()
        await worker.until_logged("waits for the threads of sync nodes")
        assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
        release(tmp_path, "work")
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    assert marks(tmp_path) == ["begin work", "end work"]
    assert (await handle.describe()).status == WorkflowExecutionStatus.CANCELED
