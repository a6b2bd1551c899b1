import asyncio
from typing import Any

import pytest
from langgraph.runtime import Runtime

from orchestrator.devserver import DevServer
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import audited
from tests.support.robust_serving import log_of, on_dev_server, parked, reached
from tests.support.runs import until_idle


class Failing:
    """A node that raises, once it is let go, until it is mended."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.entered = asyncio.Event()
        self.runtime: Any = None
        self.mended = False

    async def work(self, _state: Log, runtime: Runtime[None]) -> Log:
        self.runtime = runtime
        self.entered.set()
        if self.mended:
            return {"log": ["work"]}
        async with asyncio.timeout(20):
            while not runtime.drain_requested:
                await asyncio.sleep(0.01)
        raise self.error


async def test_does_not_use_up_the_attempts_that_are_left(temporal: DevServer) -> None:
    """Temporal does not try again an activity that was asked to stop."""
    node = Failing(ConnectionError("away"))
    async with on_dev_server(temporal, work=chain(node.work)) as local:
        handle = await local.graph("work", EMPTY)
        await reached(node.entered)
        await handle.signal("pause", {"by": "op"})
        await until_idle(handle)
        status = await handle.query("status")
        assert status["state"] == "paused"
        assert "away" in status["stages"][0]["error"]
        node.mended = True
        await handle.signal("resume", {"by": "op"})
        assert await log_of(handle) == ["work"]
        assert await audited(handle, "parked") == []


@pytest.mark.parametrize(
    ("error", "options"),
    [(KeyError("score"), {}), (ConnectionError("score"), {"retry": {"maximum_attempts": 1}})],
    ids=["useless", "not allowed"],
)
async def test_parks_where_another_attempt_is(temporal: DevServer, error: Exception, options: dict[str, Any]) -> None:
    node = Failing(error)
    async with on_dev_server(temporal, work=chain(node.work)) as local:
        handle = await local.graph("work", EMPTY, options=options)
        await reached(node.entered)
        for signal in ("pause", "resume"):
            await handle.signal(signal, {"by": "op"})
        assert "score" in await parked(handle)
