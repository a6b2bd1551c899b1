import asyncio
import sqlite3
from pathlib import Path

from orchestrator.devserver import DevServer
from tests.telemetry.clinic import clinic


async def test_a_day_is_counted_exactly(temporal: DevServer, tmp_path: Path) -> None:
    async with clinic(temporal, tmp_path) as served:
        await served.a_day()
        day = await served.scraped()
    started = {graph: day.value("orchestrator_stages_started_total", graph=graph) for graph in ("approval", "bug")}
    assert started == {"approval": 1, "bug": 1}
    assert day.value("orchestrator_stage_states_total", state="completed") == 3
    assert day.value("orchestrator_stage_states_total", state="waiting") == 2
    assert day.value("orchestrator_stages_parked_total", graph="bug", failure="UserCodeError") == 1
    assert day.value("orchestrator_stage_wait_seconds_count", graph="approval") == 1
    assert day.value("orchestrator_attempts_total", graph="approval", found="resuming", retry="false") == 1
    assert day.value("orchestrator_attempts_total", graph="flaky", found="resuming", retry="true") == 1
    assert day.value("orchestrator_attempts_failed_total", graph="flaky", failure="NodeFailed") == 1
    assert day.value("orchestrator_nodes_repeated_total") == 1
    assert day.value("orchestrator_tasks_opened_total") == 1
    assert day.value("orchestrator_tasks_overdue_total") == 1
    assert day.value("orchestrator_tasks_closed_total", how="decided") == 1
    assert day.value("orchestrator_task_wait_seconds_count", how="decided") == 1
    assert day.value("orchestrator_audit_entries_total", what="parked") == 1
    assert day.value("orchestrator_notices_total", channel="pager", result="sent") == 1
    assert day.value("orchestrator_notices_total", channel="pager", result="refused") == 1


async def test_the_bytes_of_checkpoints_are_those_in_the_database(temporal: DevServer, tmp_path: Path) -> None:
    async with clinic(temporal, tmp_path) as served:
        await (await served.graph("nap", {"log": ["x" * 10_000]})).result()
        written = (await served.scraped()).value("orchestrator_checkpoint_bytes_total", graph="nap")
    with sqlite3.connect(tmp_path / "checkpoints.db") as database:
        checkpoints, writes = (
            database.execute(f"SELECT sum(length({column})) FROM {table}").fetchone()[0]
            for table, column in (("checkpoints", "checkpoint"), ("writes", "value"))
        )
    database.close()
    assert checkpoints > 10_000
    assert written == checkpoints + writes


async def test_open_workflows_are_counted_by_visibility(temporal: DevServer, tmp_path: Path) -> None:
    async with clinic(temporal, tmp_path) as served:
        await served.graph("bug", {"log": []})
        parked = "ExecutionStatus = 'Running' AND OrchState = 'parked'"
        async with asyncio.timeout(20):
            while True:
                shown = (await served.scraped()).value("orchestrator_workflows", state="parked")
                if 0 < shown == (await served.client.count_workflows(parked)).count:
                    break
                await asyncio.sleep(0.05)
