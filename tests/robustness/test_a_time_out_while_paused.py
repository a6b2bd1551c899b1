import asyncio

from orchestrator.devserver import DevServer
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import audited
from tests.support.robust_serving import log_of, on_dev_server, reached
from tests.support.runs import until_idle

LIMITS = {"start_to_close_timeout": "PT3S", "heartbeat_timeout": "PT3S"}


class Endless:
    """A node that works until it is cancelled; the second run of it ends at once."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.told = asyncio.Event()

    async def work(self, _state: Log) -> Log:
        if not self.told.is_set():
            self.entered.set()
            try:
                await asyncio.wait_for(asyncio.Event().wait(), 60)
            finally:
                self.told.set()
        return {"log": ["work"]}


async def test_stops_the_node_and_the_next_turn_runs_it_again(temporal: DevServer) -> None:
    """The activity heard of the pause already, so that Temporal cannot tell it that its time is over."""
    node = Endless()
    async with on_dev_server(temporal, work=chain(node.work)) as local:
        handle = await local.graph("work", EMPTY, options=LIMITS)
        await reached(node.entered)
        await handle.signal("pause", {"by": "op"})
        await until_idle(handle)
        await reached(node.told)
        await handle.signal("resume", {"by": "op"})
        assert await log_of(handle) == ["work"]
        assert await audited(handle, "parked") == []
