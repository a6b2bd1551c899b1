import asyncio
from typing import Any

from temporalio import workflow

from orchestrator.devserver import DevServer
from orchestrator.workflow import Process
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.local import application
from tests.support.robust_serving import ends_cancelled, on_dev_server, reached


class Endless:
    """A node that works until it is cancelled."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()

    async def work(self, _state: Log) -> Log:
        self.entered.set()
        await asyncio.wait_for(asyncio.Event().wait(), 60)
        return {"log": []}


@workflow.defn
class Compensating(Process):
    def __init__(self) -> None:
        self.undone: list[Any] = []

    @workflow.run
    async def run(self) -> None:
        try:
            await self.run_graph("work", EMPTY)
        except asyncio.CancelledError:
            self.undone = (await self.run_graph("undo", EMPTY))["log"]
            raise

    @workflow.query
    def what_was_undone(self) -> list[Any]:
        return self.undone


async def test_a_stage_that_undoes_what_was_done_runs_to_its_end(temporal: DevServer) -> None:
    node = Endless()
    app = application(work=chain(node.work), undo=chain(says("undone")))
    app.workflow(Compensating)
    async with on_dev_server(temporal, app=app) as local:
        handle = await local.start("Compensating")
        await reached(node.entered)
        await handle.cancel()
        await ends_cancelled(handle)
        assert await handle.query("what_was_undone") == ["undone"]
        states = [stage["state"] for stage in (await handle.query("status"))["stages"]]
    assert states == ["cancelled", "completed"]
