import asyncio
from typing import Any

from langgraph.runtime import Runtime

from orchestrator.devserver import DevServer
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import until
from tests.support.robust_serving import log_of, on_dev_server, reached


class Long:
    """A node that works until it is let go, and counts how many of it there are."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.released = asyncio.Event()
        self.runtime: Any = None
        self.ran: list[str] = []

    async def work(self, _state: Log, runtime: Runtime[None]) -> Log:
        self.ran.append("work")
        self.runtime = runtime
        self.entered.set()
        await asyncio.wait_for(self.released.wait(), 20)
        return {"log": ["work"]}

    async def after(self, _state: Log) -> Log:
        self.ran.append("after")
        return {"log": ["after"]}


async def test_begins_no_second_run_of_the_node_beside_the_first(temporal: DevServer, checkpoints: str) -> None:
    node = Long()
    async with on_dev_server(temporal, checkpoints, work=chain(node.work, node.after)) as local:
        handle = await local.graph("work", EMPTY)
        await reached(node.entered)
        for signal in ("pause", "resume", "pause", "resume"):
            await handle.signal(signal, {"by": "op"})
            async with asyncio.timeout(20):
                while not node.runtime.drain_requested:
                    await asyncio.sleep(0.01)
        node.released.set()
        assert await log_of(handle) == ["work", "after"]
    assert node.ran == ["work", "after"]


async def test_at_once_is_no_cancellation(temporal: DevServer) -> None:
    """The activity hears of the pause when the workflow is resumed already."""
    node = Long()
    async with on_dev_server(temporal, work=chain(node.work, node.after)) as local:
        handle = await local.graph("work", EMPTY)
        await reached(node.entered)
        for signal in ("pause", "resume"):
            await handle.signal(signal, {"by": "op"})
        status = await until(handle, lambda status: status["state"] == "running")
        assert status["stages"][0]["attempt"] == 1
        async with asyncio.timeout(20):
            while not node.runtime.drain_requested:
                await asyncio.sleep(0.01)
        node.released.set()
        assert await log_of(handle) == ["work", "after"]
    assert node.ran == ["work", "after"]
