import asyncio
from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import interrupt
from temporalio import workflow

from orchestrator.devserver import DevServer
from orchestrator.workflow import Process
from tests.support.graphs import EMPTY, Builder, Log, chain, says
from tests.support.local import application, decide, until
from tests.support.robust_serving import on_dev_server, reached, result

NAMES = ("a", "b", "c")


class Side:
    """A graph whose first node ends when its stage is told to drain."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ran: list[str] = []
        self.entered = asyncio.Event()

    async def long(self, _state: Log, runtime: Runtime[None]) -> Log:
        self.ran.append("long")
        self.entered.set()
        async with asyncio.timeout(20):
            while not runtime.drain_requested:
                await asyncio.sleep(0.01)
        return {"log": [self.name]}

    async def after(self, _state: Log) -> Log:
        self.ran.append("after")
        return {"log": ["after"]}

    def graph(self) -> Builder:
        return chain(self.long, self.after)


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


@workflow.defn
class Sides(Process):
    @workflow.run
    async def run(self) -> list[Any]:
        outputs = await asyncio.gather(*(self.run_graph(name, EMPTY) for name in (*NAMES, "asks")))
        return [output["log"] for output in outputs]


async def test_drains_each_of_them_and_resuming_repeats_no_node(temporal: DevServer, checkpoints: str) -> None:
    sides = [Side(name) for name in NAMES]
    app = application(asks=chain(says("before"), asks), **{side.name: side.graph() for side in sides})
    app.workflow(Sides)
    async with on_dev_server(temporal, checkpoints, app) as local:
        handle = await local.start("Sides")
        await asyncio.gather(*(reached(side.entered) for side in sides))
        await until(handle, lambda status: status["tasks"] == 1)
        await handle.signal("pause", {"by": "op"})
        status = await until(
            handle, lambda status: all(stage["steps"] == 1 for stage in status["stages"] if stage["graph"] != "asks")
        )
        assert status["state"] == "paused"
        assert status["tasks"] == 1
        await decide(handle, values="yes")
        assert [side.ran for side in sides] == [["long"]] * 3
        await handle.signal("resume", {"by": "op"})
        assert await result(handle) == [["a", "after"], ["b", "after"], ["c", "after"], ["before", "yes"]]
    assert [side.ran for side in sides] == [["long", "after"]] * 3
