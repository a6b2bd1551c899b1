import asyncio
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, empty_checkpoint
from langgraph.checkpoint.base.id import uuid6

from tests.support.stores import Saver, acquired, lease, put, stores

STEPS = 12


async def begun(saver: Saver, number: int) -> RunnableConfig:
    """A subgraph's call, as a node makes it beside one that has just asked a question."""
    checkpoint: Checkpoint = empty_checkpoint() | {"id": str(uuid6()), "channel_values": {"log": [number]}}
    versions: Any = {"log": saver.get_next_version(None, None)}
    checkpoint["channel_versions"] = versions
    config: RunnableConfig = {"configurable": {"thread_id": "thread", "checkpoint_ns": f"inner:{number}"}}
    where = await saver.aput(config, checkpoint, {"source": "loop", "step": 0, "parents": {}}, versions)
    await saver.aput_writes(where, [("log", [number])], "task")
    return where


async def test_what_is_written_meanwhile_stays(dynamodb: str) -> None:
    async with stores(dynamodb) as (store,):
        saver = await acquired(store, lease())
        where = None
        for step in range(STEPS):
            where = await put(saver, step=step, parent=where)
        pruning = asyncio.create_task(store.prune(lease()))
        written: list[RunnableConfig] = []
        while not pruning.done():
            written.append(await begun(saver, len(written)))
        await pruning
        assert written
        for number, one in enumerate(written):
            saved = await saver.aget_tuple(one)
            assert saved is not None
            assert saved.checkpoint["channel_values"] == {"log": [number]}
            assert saved.pending_writes == [("task", "log", [number])]
