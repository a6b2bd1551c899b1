import asyncio
import time

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import CancelledError

from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import audited, serving


class Endless:
    """A node that works until it is cancelled."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.told_at = 0.0

    async def work(self, _state: Log) -> Log:
        self.entered.set()
        try:
            async with asyncio.timeout(15):
                await asyncio.Event().wait()
        finally:
            self.told_at = time.monotonic()
        return {"log": []}


async def test_tells_the_running_node_within_two_seconds_and_ends_the_workflow_cancelled() -> None:
    endless = Endless()
    async with serving(work=chain(endless.work)) as local:
        handle = await local.graph("work", EMPTY)
        await endless.entered.wait()
        cancelled_at = time.monotonic()
        await handle.cancel(reason="no longer wanted (by ann)")
        with pytest.raises(WorkflowFailureError) as caught:
            await handle.result()
        assert isinstance(caught.value.cause, CancelledError)
        (entry,) = await audited(handle, "cancelled")
        assert entry["detail"] == "no longer wanted (by ann)"
        assert endless.told_at - cancelled_at < 2.5
