"""Sync calls of async code, which LangGraph makes in threads beside the event loop."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def result_in(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> T:
    """What `work` returns, run in the loop while this thread waits.

    Raises:
        asyncio.InvalidStateError: This is the loop's own thread, which would wait for itself. *Not retryable.*
    """
    try:
        here = asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run_coroutine_threadsafe(work, loop).result()
    work.close()
    raise asyncio.InvalidStateError(f"Sync calls block the event loop {here}: use the async methods here.")
