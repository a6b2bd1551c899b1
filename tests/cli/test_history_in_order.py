import asyncio
from pathlib import Path

import pytest
from temporalio.client import WorkflowFailureError

from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer
from orchestrator.history.timeline import history
from tests.long_life.running import serving
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import application


async def test_what_temporal_writes_down_late_stands_where_it_happened(temporal: DevServer, tmp_path: Path) -> None:
    entered = asyncio.Event()

    async def work(_state: Log) -> Log:
        entered.set()
        await asyncio.Event().wait()
        return {"log": []}

    client = await temporal.client()
    async with serving(client, application(work=chain(work)), f"sqlite:///{tmp_path / 'checkpoints.db'}") as local:
        handle = await local.graph("work", EMPTY)
        await entered.wait()
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
        lines = [line async for line in history(OrchestratorClient(client), handle.id)]
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    told = [line.what for line in lines if line.kind == "turn"]
    assert told == ["scheduled", "started", "cancel requested", "cancelled"]
