import asyncio
from typing import Any
from uuid import uuid4

from temporalio import workflow

from orchestrator.devserver import DevServer
from orchestrator.settings import Settings
from orchestrator.testing import worker
from orchestrator.workflow import Process
from tests.support.graphs import EMPTY, chain, says
from tests.support.local import application
from tests.support.robust_serving import ends_cancelled


@workflow.defn
class Tidy(Process):
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


async def test_ends_cancelled_and_runs_no_node(temporal: DevServer) -> None:
    ran: list[str] = []

    def work(_state: Any) -> dict[str, list[Any]]:
        ran.append("work")
        return EMPTY

    app = application(work=chain(work), undo=chain(says("undone")))
    app.workflow(Tidy)
    app.name = f"tests-{uuid4()}"
    client = await temporal.client()
    graph = await client.start_workflow(
        "GraphRun", {"graph": "work", "input": EMPTY}, id=f"graph-{uuid4()}", task_queue=app.name
    )
    tidy = await client.start_workflow("Tidy", id=f"tidy-{uuid4()}", task_queue=app.name)
    await graph.cancel()
    await tidy.cancel()
    async with worker(app, client, Settings(checkpoints="memory://", drain_seconds=1)):
        for handle in (graph, tidy):
            await ends_cancelled(handle)
            assert (await handle.query("status"))["state"] == "cancelled"
        assert await tidy.query("what_was_undone") == ["undone"]
    assert ran == []
