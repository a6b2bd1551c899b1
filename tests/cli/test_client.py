import asyncio

import pytest

from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer
from orchestrator.errors import Refused
from orchestrator.rpc import AlreadyExists, NotFound, WorkflowFailed
from orchestrator.wire import Decision, Event, Operator, Recovery
from tests.cli.running import CommandLine


@pytest.fixture
async def client(temporal: DevServer, clinic: CommandLine) -> OrchestratorClient:
    return OrchestratorClient(await temporal.client(), task_queue="clinic")


async def until(client: OrchestratorClient, workflow_id: str, state: str) -> None:
    async with asyncio.timeout(30):
        while (await client.status(workflow_id)).state != state:
            await asyncio.sleep(0.05)


async def test_a_graph_is_started_decided_and_read(client: OrchestratorClient, new_id: str) -> None:
    run = await client.start_graph("consent", {"name": "Ada"}, id=new_id)
    assert run.workflow_id == new_id
    await until(client, new_id, "waiting")
    (task,) = await client.tasks(new_id)
    assert new_id in {head.workflow_id for head in await client.inbox("group:surgeons")}
    with pytest.raises(Refused, match="needs values"):
        await client.decide(new_id, Decision(action="edit", by="eve"))
    receipt = await client.decide(
        new_id, Decision(task_id=task.task_id, action="approve", values={"dose": 2}, by="eve")
    )
    assert receipt.status == "accepted"
    result = await client.graph_result(new_id, run_id=run.run_id)
    assert result.output == {"name": "Ada", "dose": 2}
    info = await client.describe(new_id)
    assert (info.state, info.open, info.tasks) == ("completed", False, [])
    assert [entry.what for entry in await client.audit(new_id)] == ["opened", "decided"]


async def test_a_workflow_is_paused_resumed_and_told_of_events(client: OrchestratorClient, new_id: str) -> None:
    await client.start_graph("lab", {}, id=new_id)
    await until(client, new_id, "waiting")
    await client.pause(new_id, Operator(by="eve", reason="lunch"))
    await until(client, new_id, "paused")
    await client.resume(new_id, Operator(by="eve"))
    assert (await client.event(new_id, Event(name="lab_result", payload=7, event_id="e"))).status == "accepted"
    assert (await client.graph_result(new_id)).output == {"lab": 7}


async def test_what_cannot_be_done_is_an_error_of_ours(client: OrchestratorClient, new_id: str) -> None:
    with pytest.raises(NotFound, match="does not exist"):
        await client.status(new_id)
    await client.start_workflow("Admission", "Bob", id=new_id)
    with pytest.raises(AlreadyExists, match="is running already"):
        await client.start_workflow("Admission", "Bob", id=new_id)
    with pytest.raises(Refused, match="No stage is parked"):
        await client.recover(new_id, Recovery(action="retry", by="eve", reason="why not"))
    await client.cancel(new_id, reason="enough")
    with pytest.raises(WorkflowFailed, match="was cancelled") as failed:
        await client.result(new_id)
    assert failed.value.failure == "Cancelled"
    with pytest.raises(NotFound, match="has ended"):
        await client.decide(new_id, Decision(action="approve", by="eve"))
