"""A sealed text names its place, so it is longer in a thread with a longer name; a store that keeps short texts in one
place and long ones in another must still find it."""

from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, empty_checkpoint
from langgraph.checkpoint.base.id import uuid6

from orchestrator.calls import Rewind
from tests.secrets.conftest import KEY
from tests.support.stores import EVERY_DATABASE, SERDE, Saver, acquired, lease, stores

pytestmark = EVERY_DATABASE
LENGTHS = range(400, 1100, 25)


async def step(saver: Saver, thread: str) -> str:
    """A checkpoint after the latest, in which no text has changed."""
    config: RunnableConfig = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
    saved = await saver.aget_tuple(config)
    assert saved is not None
    return await written(saver, saved.config, {**saved.checkpoint, "id": str(uuid6())}, {})


async def first(saver: Saver, thread: str) -> str:
    values = {str(length): "x" * length for length in LENGTHS}
    versions = {name: saver.get_next_version(None, None) for name in values}
    checkpoint: Checkpoint = empty_checkpoint() | {"id": str(uuid6()), "channel_values": values}
    checkpoint["channel_versions"] = versions
    config: RunnableConfig = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
    return await written(saver, config, checkpoint, versions)


async def written(saver: Saver, config: RunnableConfig, checkpoint: Checkpoint, versions: Any) -> str:
    await saver.aput(config, checkpoint, {"source": "loop", "step": 0, "parents": {}}, versions)
    return checkpoint["id"]


async def check(saver: Saver, thread: str) -> None:
    saved = await saver.aget_tuple({"configurable": {"thread_id": thread}})
    assert saved is not None
    assert saved.checkpoint["channel_values"] == {str(length): "x" * length for length in LENGTHS}


@pytest.mark.usefixtures("keys")
async def test_is_there_in_a_copy(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        upto = await first(await acquired(store, lease()), "thread")
        copy = f"thread@{'x' * 100}"
        held = lease(thread=copy)
        await store.branch("thread", held, Rewind(checkpoint_id=upto), SERDE)
        saver = store.saver(held, SERDE)
        for _ in range(2):
            await step(saver, copy)
            await check(saver, copy)


async def test_is_there_after_encryption_was_turned_on(checkpoints: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stores(checkpoints) as (store,):
        await first(await acquired(store, lease()), "thread")
    monkeypatch.setenv("ORCHESTRATOR_ENCRYPTION_KEYS", KEY)
    async with stores(checkpoints) as (store,):
        saver = store.saver(lease(), SERDE)
        for _ in range(2):
            await step(saver, "thread")
            await check(saver, "thread")
