"""Waiting with a limit, the same on every version of Python.

`workflow.wait_condition(timeout=…)` is `asyncio.wait_for`, which Python 3.12 wrote anew: the timer's cancellation then
comes at another place among the commands, and a workflow that began to wait on 3.11 could not be replayed on 3.12.
"""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow


async def done_within(future: "asyncio.Future[Any]", limit: timedelta, summary: str) -> bool:
    """Whether the future is done before a Temporal timer of that length; the timer is cancelled if it is."""
    if limit <= timedelta(0):
        return future.done()
    timer = asyncio.create_task(workflow.sleep(limit, summary=summary))
    try:
        await workflow.wait([future, timer], return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        timer.cancel()
        raise
    if future.done():
        timer.cancel()
        return True
    return False
