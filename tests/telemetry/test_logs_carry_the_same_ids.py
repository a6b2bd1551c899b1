import json
from pathlib import Path
from typing import Any

from orchestrator.devserver import DevServer
from tests.support.local import until
from tests.telemetry.receiver import receiving
from tests.telemetry.visits import Ward

IDS = ("workflow_id", "run_id", "stage", "thread", "attempt", "trace_id", "span_id")


async def logged(temporal: DevServer, folder: Path, **environment: str) -> dict[str, dict[str, Any]]:
    """The last record of each event that a worker logged while a graph ran up to its question."""
    ward = Ward(temporal.address, folder, environment)
    async with ward.worker() as worker:
        handle = (await temporal.client()).get_workflow_handle(await ward.start("visit"))
        await until(handle, lambda status: status["state"] == "waiting")
        await worker.until_logged("audit: opened")
        worker.terminate()
        assert await worker.ended() == 0
        lines = [line for line in worker.log.read_text().splitlines() if line.startswith("{")]
        await handle.terminate()
    return {record["event"]: record for record in map(json.loads, lines)}


async def test_in_the_activity_in_the_node_and_in_the_workflow(temporal: DevServer, tmp_path: Path) -> None:
    async with receiving() as receiver:
        records = await logged(temporal, tmp_path, **receiver.traced)
        told = [records[event] for event in ("stage begins", "looked up", "stage waits", "stage waiting")]
        for record in told:
            assert all(record.get(name) for name in IDS), record
        for shared in ("workflow_id", "run_id", "stage", "thread", "trace_id"):
            assert len({record[shared] for record in told}) == 1
        assert records["looked up"]["span_id"] == receiver.named("look up").span_id
        assert records["stage begins"]["span_id"] == receiver.named("RunActivity:visit").span_id


async def test_without_traces_the_others_do_and_the_audit_trail_is_logged_without_what_people_wrote(
    temporal: DevServer, tmp_path: Path
) -> None:
    records = await logged(temporal, tmp_path)
    for event in ("looked up", "stage waiting"):
        assert all(records[event].get(name) for name in IDS[:5]), records[event]
        assert "trace_id" not in records[event]
    opened = records["audit: opened"]
    assert (opened["by"], opened["task_id"]) == ("orchestrator", "visit-1")
    assert "detail" not in opened
