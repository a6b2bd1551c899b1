"""LangGraph's stores collect operations in a task that nobody ends: one that is garbage before it has heard of that is
reported as `Task was destroyed but it is pending!`"""

import asyncio

from langgraph.store.base.batch import AsyncBatchedBaseStore

PATIENCE_SECONDS = 10.0
"""For operations that are under way."""
ENDS = (None, None)
"""What ends it, and what ends the batch that it may be collecting."""


async def end_batches(store: AsyncBatchedBaseStore) -> None:
    """Let the task end, after the operations that came before. Whoever needs the store again starts another."""
    task: asyncio.Task[None] | None = getattr(store, "_task", None)
    if task is not None:
        for end in ENDS:
            store._aqueue.put_nowait(end)  # type: ignore[arg-type]  # noqa: SLF001 - it has no other end
        await asyncio.wait([task], timeout=PATIENCE_SECONDS)
