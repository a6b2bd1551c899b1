from uuid import uuid4

import pytest

from orchestrator import Orchestrator
from orchestrator.devserver import DevServer
from orchestrator.human import STARTER
from orchestrator.schedules.declared import carry_out, steps
from orchestrator.schedules.service import Schedules
from orchestrator.waits import ask
from tests.schedules.server import scheduling
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.local import open_tasks, output, refusal, submit


def asks(_state: Log) -> Log:
    return {"log": [ask("Well?", not_by=[STARTER]).by]}


async def test_whoever_created_a_schedule_may_not_decide_where_that_is_forbidden(temporal: DevServer) -> None:
    async with scheduling(temporal, work=chain(asks)) as server:
        schedule = await server.create("work", EMPTY, by="ann")
        await server.backfill(schedule, 1)
        run = await server.started(schedule, 1)
        await open_tasks(run)
        assert "ann" in await refusal(run, "submit_decision", {"action": "approve", "by": "ann"})
        await submit(run, by="bob")
        assert await output(run) == {"log": ["bob"]}
        assert "started by ann" in str(await (await run.describe()).static_details())


@pytest.mark.parametrize(("declared", "starter"), [(None, "ann"), ("robot", "robot")])
async def test_of_a_declared_one_it_is_who_set_it_up_first_or_who_is_declared(
    temporal: DevServer, declared: str | None, starter: str
) -> None:
    schedules, name = Schedules(await temporal.client()), f"s-{uuid4().hex[:8]}"

    async def set_up(by: str, cron: str) -> str:
        app = Orchestrator(f"app-{name}")
        app.graph(chain(says("one")), name="one")
        app.schedule(name, "one", cron=cron, by=declared)
        todo = await steps(schedules, app, app.name)
        await carry_out(schedules, app, app.name, todo, prune=False, by=by)
        return todo[0].what

    assert await set_up("ann", "0 3 * * *") == "create"
    assert await set_up("bob", "0 3 * * *") == "unchanged"
    assert await set_up("bob", "0 4 * * *") == "change"
    assert (await schedules.show(name)).by == starter
    await schedules.delete(name)
