import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from orchestrator.devserver import dev_server
from orchestrator.schedules.plan import Plan
from tests.schedules.server import Server

QUEUE = "nobody-polls-it"


async def test_starts_the_runs_that_it_missed_within_the_catch_up_window(tmp_path: Path) -> None:
    plan = Plan(
        workflow="GraphRun", task_queue=QUEUE, every=[timedelta(seconds=1)], overlap="allow-all", catch_up="PT1M"
    )
    async with dev_server(headless=True, db=tmp_path / "temporal.db") as first:
        server = Server(await first.client(), QUEUE)
        await server.schedules.create("each-second", plan)
        await server.until("each-second", lambda info: info.runs > 0)
    down_from = datetime.now(UTC)
    missed = [(down_from + timedelta(seconds=ahead)).replace(microsecond=0) for ahead in (1, 2)]
    while datetime.now(UTC) < missed[-1] + timedelta(seconds=0.2):  # these seconds have to pass
        await asyncio.sleep(0.1)
    async with dev_server(headless=True, db=tmp_path / "temporal.db") as again:
        client = await again.client()
        server = Server(client, QUEUE)
        ids = [f"each-second-{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in missed]
        await server.until("each-second", lambda info: max(info.recent, default="") >= ids[-1])
        for workflow_id, moment in zip(ids, missed, strict=True):
            assert (await client.get_workflow_handle(workflow_id).describe()).start_time > moment
        assert (await server.schedules.show("each-second")).missed == 0
