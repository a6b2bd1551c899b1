"""LangGraph's stores collect operations in a task that nobody ends: one that is garbage before it has heard of that is
reported as `Task was destroyed but it is pending!`"""

import asyncio

from langgraph.store.base.batch import AsyncBatchedBaseStore


async def end_batches(store: AsyncBatchedBaseStore) -> None:
    """Let the task end. Whoever needs the store again starts another."""
    task: asyncio.Task[None] | None = getattr(store, "_task", None)
    if task is not None:
        task.cancel()
        await asyncio.wait([task])
