"""Summaries: the Web UI shows them beside activities and timers, so that a timeline reads without opening an event."""

from pathlib import Path
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from docs.pictures.claims import app
from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer
from orchestrator.settings import Settings
from orchestrator.testing import worker
from orchestrator.wire import Decision
from tests.support.local import failure, until

SUMMARISED = {
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_MARKER_RECORDED,
}


def is_summarised(event: HistoryEvent) -> bool:
    """All but a patch's marker, which is the SDK's own and takes none."""
    patch = event.marker_recorded_event_attributes.marker_name == "core_patch"
    return event.event_type in SUMMARISED and not patch


def summary(event: HistoryEvent) -> str:
    return event.user_metadata.summary.data.decode()


async def test_each_activity_timer_and_local_activity_has_a_summary(temporal: DevServer, tmp_path: Path) -> None:
    settings = Settings(checkpoints=f"sqlite:///{tmp_path / 'checkpoints.db'}", drain_seconds=1)
    connected, workflow_id = await temporal.client(), f"claim-{uuid4()}"
    async with worker(app, connected, settings):
        client = OrchestratorClient(connected, task_queue=app.name)
        await client.start_workflow("Settlement", {"name": "Gil\n" * 200, "amount": 1}, id=workflow_id)
        handle = connected.get_workflow_handle(workflow_id)
        await until(handle, lambda status: len(status["waits"]) == 2)
        (task,) = await client.tasks(workflow_id)
        answer = Decision(task_id=task.task_id, action="reject", values={"amount": 0}, by="ann")
        assert (await client.decide(workflow_id, answer)).status == "accepted"
        await until(handle, lambda status: status["tasks"] == 0)
        refused = connected.get_workflow_handle((await client.start_graph("no such graph")).workflow_id)
        await failure(refused)
        events = [event for each in (handle, refused) async for event in each.fetch_history_events()]
    found = [(EventType.Name(event.event_type), summary(event)) for event in events if is_summarised(event)]
    assert {kind for kind, _ in found} == {EventType.Name(kind) for kind in SUMMARISED}
    assert [kind for kind, said in found if not said.strip('"')] == []
    assert all(len(said.encode()) <= 400 and "\\n" not in said for _, said in found)
    assert '"advance, turn 1"' in {said for _, said in found}


async def test_the_events_of_a_stage_are_one_group(temporal: DevServer, tmp_path: Path) -> None:
    settings = Settings(checkpoints=f"sqlite:///{tmp_path / 'checkpoints.db'}", drain_seconds=1)
    connected, workflow_id = await temporal.client(), f"claim-{uuid4()}"
    async with worker(app, connected, settings):
        client = OrchestratorClient(connected, task_queue=app.name)
        await client.start_workflow("Settlement", {"name": "Gil", "amount": 1}, id=workflow_id)
        handle = connected.get_workflow_handle(workflow_id)
        await until(handle, lambda status: len(status["waits"]) == 2)
        stages = {stage["name"] for stage in (await handle.query("status"))["stages"]}
        events = [event async for event in handle.fetch_history_events()]
    groups = {marker.label.id for event in events for marker in event.event_group_markers}
    assert groups == stages
    kinds = {EventType.Name(event.event_type) for event in events if event.event_group_markers}
    assert {"EVENT_TYPE_ACTIVITY_TASK_SCHEDULED", "EVENT_TYPE_TIMER_STARTED"} <= kinds


async def test_the_start_says_what_was_started_and_by_whom(temporal: DevServer) -> None:
    connected, workflow_id = await temporal.client(), f"claim-{uuid4()}"
    client = OrchestratorClient(connected, task_queue="nobody")
    await client.start_graph("payment", {"name": "Ada", "iban": "DE02 1203"}, id=workflow_id, started_by="ivy")
    described = await connected.get_workflow_handle(workflow_id).describe()
    assert await described.static_summary() == "graph payment"
    details = await described.static_details()
    assert details is not None
    assert "started by ivy" in details
    assert "`iban`" in details
    assert "DE02" not in details
