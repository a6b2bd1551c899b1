import asyncio
import threading
from typing import Any

import pytest
from langgraph.runtime import Runtime
from temporalio.client import WorkflowExecutionStatus

from orchestrator.devserver import DevServer
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import Handle
from tests.support.robust_serving import ends_cancelled, on_dev_server, reached

PAUSED = ("pause",)
RESUMED = ("pause", "resume")


async def told(handle: Handle, runtime: Runtime[Any], signals: tuple[str, ...]) -> None:
    """Return once the node's stage has been told to drain, and the rest has been signalled."""
    for name in signals:
        await handle.signal(name, {"by": "op"})
        async with asyncio.timeout(20):
            while not runtime.drain_requested:
                await asyncio.sleep(0.01)


class Endless:
    """A node that works until it is cancelled."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.runtime: Any = None
        self.told = asyncio.Event()

    async def work(self, _state: Log, runtime: Runtime[None]) -> Log:
        self.runtime = runtime
        self.entered.set()
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 60)
        except asyncio.CancelledError:
            self.told.set()
            raise
        return {"log": ["work"]}


@pytest.mark.parametrize("signals", [PAUSED, RESUMED], ids=" and ".join)
async def test_tells_the_node_that_still_runs_and_ends_cancelled(temporal: DevServer, signals: tuple[str, ...]) -> None:
    node = Endless()
    async with on_dev_server(temporal, work=chain(node.work)) as local:
        handle = await local.graph("work", EMPTY)
        await reached(node.entered)
        await told(handle, node.runtime, signals)
        await handle.cancel()
        await reached(node.told)
        await ends_cancelled(handle)


class Thread:
    """A sync node, in a thread that nobody can cancel."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.released = threading.Event()
        self.runtime: Any = None
        self.ran: list[str] = []

    def work(self, _state: Log, runtime: Runtime[None]) -> Log:
        self.runtime = runtime
        self.entered.set()
        assert self.released.wait(60)
        self.ran.append("work")
        return {"log": ["work"]}

    def after(self, _state: Log) -> Log:
        self.ran.append("after")
        return {"log": ["after"]}


async def test_waits_for_the_thread_of_a_sync_node(temporal: DevServer) -> None:
    node = Thread()
    async with on_dev_server(temporal, work=chain(node.work, node.after)) as local:
        handle = await local.graph("work", EMPTY)
        await asyncio.to_thread(node.entered.wait, 20)
        await told(handle, node.runtime, PAUSED)
        await handle.cancel()
        assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
        node.released.set()
        await ends_cancelled(handle)
    assert node.ran == ["work"]
