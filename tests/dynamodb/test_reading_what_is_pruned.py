from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, empty_checkpoint
from langgraph.checkpoint.base.id import uuid6

from tests.support.stores import SERDE, Saver, acquired, lease, stores

LARGE = ["x" * 50_000]
CONFIG: RunnableConfig = {"configurable": {"thread_id": "thread", "checkpoint_ns": ""}}


async def step(saver: Saver, value: list[str]) -> None:
    """A checkpoint, and what a task did after it."""
    checkpoint: Checkpoint = empty_checkpoint() | {"id": str(uuid6()), "channel_values": {"log": value}}
    versions: Any = {"log": saver.get_next_version(None, None)}
    checkpoint["channel_versions"] = versions
    where = await saver.aput(CONFIG, checkpoint, {"source": "loop", "step": 0, "parents": {}}, versions)
    await saver.aput_writes(where, [("log", value)], "task")


@pytest.mark.parametrize("value", [["word"], LARGE], ids=["small", "in parts"])
async def test_finds_a_checkpoint_whole_or_not_at_all(dynamodb: str, value: list[str]) -> None:
    """As `orchestrator check-compat` does, which holds no lease."""
    async with stores(dynamodb) as (store,):
        saver = await acquired(store, lease())
        for _ in range(3):
            await step(saver, value)
        found = store.saver(None, SERDE).alist(CONFIG)
        latest = await anext(found)
        assert latest.checkpoint["channel_values"] == {"log": value}
        await store.prune(lease())
        assert [saved async for saved in found] == []
