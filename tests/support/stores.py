"""Checkpoint stores under the tests' own hands."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, empty_checkpoint
from langgraph.checkpoint.base.id import uuid6

from orchestrator.checkpoints.open import open_store
from orchestrator.checkpoints.serde import serializer
from orchestrator.checkpoints.store import CheckpointStore, Lease, Token

SERDE = serializer({"tests"})
EVERY_DATABASE = pytest.mark.parametrize("checkpoints", ["sqlite", "postgresql", "redis", "dynamodb"], indirect=True)
"""For the fixture `checkpoints`, where a test is to run on Redis and DynamoDB too."""
Saver = BaseCheckpointSaver[Any]


def lease(turn: int = 1, attempt: int = 1, *, thread: str = "thread", run: str = "run") -> Lease:
    """The lease of an attempt."""
    return Lease(thread, run, Token(turn, attempt))


@contextlib.asynccontextmanager
async def stores(url: str, count: int = 1) -> AsyncIterator[list[CheckpointStore]]:
    """Several stores on one database, as several workers have them."""
    async with contextlib.AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(open_store(url)) for _ in range(count)]
        await opened[0].setup()
        yield opened


async def acquired(store: CheckpointStore, held: Lease) -> Saver:
    """A saver whose lease has just been taken."""
    await store.acquire(held)
    return store.saver(held, SERDE)


async def put(
    saver: Saver, thread: str = "thread", step: int = 0, parent: RunnableConfig | None = None
) -> RunnableConfig:
    """Write a checkpoint; where it stands."""
    checkpoint = empty_checkpoint()
    checkpoint["id"] = str(uuid6(clock_seq=step))
    config: RunnableConfig = parent or {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
    return await saver.aput(config, checkpoint, {"source": "loop", "step": step, "parents": {}}, {})


async def put_writes(saver: Saver, where: RunnableConfig) -> None:
    """Write what a task did."""
    await saver.aput_writes(where, [("log", "word")], str(uuid4()))


async def rows(store: CheckpointStore, thread: str = "thread") -> set[str]:
    """Every checkpoint of a thread and every write, by id."""
    found = set()
    async for saved in store.saver(None, SERDE).alist({"configurable": {"thread_id": thread}}):
        found.add(saved.config["configurable"]["checkpoint_id"])
        found |= {task_id for task_id, _, _ in saved.pending_writes or []}
    return found
