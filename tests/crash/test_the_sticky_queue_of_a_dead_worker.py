"""Temporal hands a workflow's next task to the worker that has it cached, dead or not, and waits for it a while."""

from datetime import timedelta
from pathlib import Path

from temporalio.api.enums.v1 import EventType, TimeoutType

from orchestrator.devserver import DevServer
from tests.support.processes import worker_process
from tests.support.runs import answer, open_tasks, start

TEMPORALS_OWN = timedelta(seconds=10)


async def test_holds_up_its_replacement_for_less_than_by_default(temporal: DevServer, tmp_path: Path) -> None:
    client = await temporal.client()
    async with worker_process(temporal.address, "crash", tmp_path) as doomed:
        handle = await start(client, "side_by_side")
        await open_tasks(handle, 2)
        doomed.kill()
        await doomed.killed()
        async with worker_process(temporal.address, "crash", tmp_path):
            await handle.signal("pause", {"by": "op"})
            await handle.signal("resume", {"by": "op"})
            for payload in ("left?", "right?"):
                await answer(handle, "A", payload)
            await handle.result()
    scheduled = None
    waited = []
    for event in (await handle.fetch_history()).events:
        at = event.event_time.ToDatetime()
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
            scheduled = at
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
            kind = event.workflow_task_timed_out_event_attributes.timeout_type
            assert kind == TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START
            assert scheduled is not None
            waited.append(at - scheduled)
    assert len(waited) == 1
    assert waited[0] < TEMPORALS_OWN / 2
