import pytest

from orchestrator.devserver import DevServer
from orchestrator.errors import Refused
from tests.schedules.server import scheduling
from tests.support.graphs import EMPTY, chain, says
from tests.support.local import output


async def test_backfill_starts_each_run_of_the_past_once_with_both_ends(temporal: DevServer) -> None:
    async with scheduling(temporal, work=chain(says("one"))) as server:
        schedule = await server.create("work", EMPTY, by="ann")
        await server.backfill(schedule, 10, 13)
        for minute in range(10, 14):
            run = await server.started(schedule, minute)
            assert await output(run) == {"log": ["one"]}
            described = await run.describe()
            assert await described.memo_value("orch_started_by") == "ann"
            assert (await described.memo_value("orch_schedule"))["id"] == schedule
        assert (await server.schedules.show(schedule)).runs == 4


async def test_a_trigger_starts_one_now_though_it_is_paused(temporal: DevServer) -> None:
    async with scheduling(temporal, work=chain(says("one"))) as server:
        schedule = await server.create("work", EMPTY)
        await server.schedules.trigger(schedule)
        info = await server.until(schedule, lambda info: bool(info.recent))
        assert await output(server.client.get_workflow_handle(info.recent[0])) == {"log": ["one"]}
        assert (info.paused, info.runs) == (True, 1)


async def test_a_backfill_that_ends_before_it_starts_is_refused(temporal: DevServer) -> None:
    async with scheduling(temporal, work=chain(says("one"))) as server:
        schedule = await server.create("work", EMPTY)
        with pytest.raises(Refused, match="it ends before it starts"):
            await server.backfill(schedule, 13, 10)
