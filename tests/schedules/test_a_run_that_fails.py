from datetime import timedelta

from orchestrator.devserver import DevServer
from orchestrator.schedules.plan import Plan
from tests.schedules.server import scheduling
from tests.support.graphs import EMPTY, Log, chain


def breaks(_state: Log) -> Log:
    raise KeyError("no such rate")


async def test_pauses_its_schedule_where_that_is_wanted_and_somebody_resumes_it(temporal: DevServer) -> None:
    async with scheduling(temporal, work=chain(breaks)) as server:
        request = {"graph": "work", "input": EMPTY, "options": {"on_failure": "fail"}}
        plan = Plan(
            workflow="GraphRun",
            args=[request],
            task_queue=server.queue,
            every=[timedelta(days=365)],
            pause_on_failure=True,
        )
        schedule = f"s-{server.queue}"
        await server.schedules.create(schedule, plan)
        await server.schedules.trigger(schedule, "skip")
        paused = await server.until(schedule, lambda info: info.paused)
        assert paused.note is not None
        assert "workflow failure" in paused.note
        await server.schedules.resume(schedule, "the rate is there", by="ann")
        resumed = await server.schedules.show(schedule)
        assert (resumed.paused, resumed.note) == (False, "[resumed by ann: the rate is there]")
