import asyncio
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, empty_checkpoint
from langgraph.checkpoint.base.id import uuid6

from orchestrator.calls import Rewind
from orchestrator.checkpoints.store import CheckpointStore, Lease
from tests.support.dynamodb import DynamoServer
from tests.support.dynamodb_rows import items
from tests.support.stores import SERDE, Saver, acquired, lease, stores

LARGE = {"text": "x" * 1_000_000}


@pytest.fixture(params=["in parts", "in S3"])
def url(
    request: pytest.FixtureRequest, dynamodb: str, dynamodb_server: DynamoServer, monkeypatch: pytest.MonkeyPatch
) -> str:
    if request.param == "in parts":
        return dynamodb
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", dynamodb_server.endpoint)
    return f"{dynamodb}&bucket={dynamodb_server.new_bucket()}"


async def wrote(saver: Saver, thread: str) -> RunnableConfig:
    """A checkpoint with a large value, and a task's large write after it."""
    checkpoint: Checkpoint = empty_checkpoint() | {"id": str(uuid6()), "channel_values": {"big": LARGE}}
    versions: Any = {"big": saver.get_next_version(None, None)}
    checkpoint["channel_versions"] = versions
    config: RunnableConfig = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
    where = await saver.aput(config, checkpoint, {"source": "loop", "step": 0, "parents": {}}, versions)
    await saver.aput_writes(where, [("big", LARGE), ("small", 1)], "task")
    return where


async def check(store: CheckpointStore, thread: str) -> str:
    """Both are there; the checkpoint's id."""
    saved = await store.saver(None, SERDE).aget_tuple({"configurable": {"thread_id": thread}})
    assert saved is not None
    assert saved.checkpoint["channel_values"] == {"big": LARGE}
    assert saved.pending_writes == [("task", "big", LARGE), ("task", "small", 1)]
    return saved.checkpoint["id"]


async def test_are_kept_copied_and_deleted_with_their_thread(url: str) -> None:
    async with stores(url) as (store,):
        saver = await acquired(store, lease())
        await wrote(saver, "thread")
        checkpoint_id = await check(store, "thread")
        copy: Lease = lease(thread="copy")
        await store.branch("thread", copy, Rewind(checkpoint_id=checkpoint_id), SERDE)
        await saver.adelete_thread("thread")
        await check(store, "copy")
        await store.saver(copy, SERDE).adelete_thread("copy")
        left = {item["sk"]["S"] for item in items(url) if item["pk"]["S"].startswith("thread#")}
        assert left == {"lease"}


async def test_that_travel_by_reference_are_replaced(url: str) -> None:
    async with stores(url) as (store,):
        for value in (b"1" * 1_000_000, b"2" * 500_000, b"3"):
            await store.put_value("key", value)
            assert await store.get_value("key") == value
        assert [item["sk"]["S"] for item in items(url) if item["pk"]["S"] == "value#key"] == ["value"]


async def test_of_the_memory_may_be_replaced_and_deleted_while_they_are_read(url: str) -> None:
    text = "x" * 100_000
    async with stores(url) as (store,):
        memory = store.memory()
        for name in ("ann", "bob", "eve"):  # a search comes to the last one late
            await memory.aput(("people",), name, {"of": text})

        async def change() -> None:
            for number in range(8):
                await memory.aput(("people",), "eve", {"of": text, "number": number})
            await memory.adelete(("people",), "eve")

        changing = asyncio.create_task(change())
        while not changing.done():
            assert all(item.value["of"] == text for item in await memory.asearch(("people",)))
        await changing
        assert [item.key for item in await memory.asearch(("people",))] == ["bob", "ann"]
