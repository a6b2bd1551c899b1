import asyncio

from temporalio.client import WorkflowExecutionStatus

from orchestrator.devserver import DevServer
from tests.support.graphs import EMPTY, Log, chain
from tests.support.robust_serving import ends_cancelled, on_dev_server, reached


class Stubborn:
    """A node that goes on when it is cancelled, and returns as if nothing were."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.entered = asyncio.Event()
        self.cleaning = asyncio.Event()
        self.cleaned = asyncio.Event()

    async def work(self, _state: Log) -> Log:
        self.entered.set()
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 20)
        except asyncio.CancelledError:
            self.cleaning.set()
            await asyncio.wait_for(self.cleaned.wait(), 20)
        self.ran.append("work")
        return {"log": ["work"]}

    async def after(self, _state: Log) -> Log:
        self.ran.append("after")
        return {"log": ["after"]}


async def test_keeps_the_workflow_open_until_it_has_stopped_and_lets_no_other_node_begin(
    temporal: DevServer, checkpoints: str
) -> None:
    node = Stubborn()
    async with on_dev_server(temporal, checkpoints, work=chain(node.work, node.after)) as local:
        handle = await local.graph("work", EMPTY)
        await reached(node.entered)
        await handle.cancel()
        await reached(node.cleaning)
        await handle.query("status")
        assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
        node.cleaned.set()
        await ends_cancelled(handle)
    assert node.ran == ["work"]
