"""Nobody's heartbeat waits while a large state is sealed or opened."""

import asyncio
import threading
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, empty_checkpoint
from langgraph.checkpoint.base.id import uuid6

from orchestrator.checkpoints.serde import Serializer
from tests.support.stores import lease, stores

LARGE = ["x" * 100_000] * 20
CONFIG: RunnableConfig = {"configurable": {"thread_id": "thread", "checkpoint_ns": ""}}
pytestmark = pytest.mark.usefixtures("keys")


class Seen(Serializer):
    """Notes in which threads a value was written to be sealed, and read when it was opened."""

    def __init__(self, value: Any) -> None:
        super().__init__(pickle_fallback=False)
        self.value = value
        self.threads: set[str] = set()

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        return super().dumps_typed(self._noted(obj))

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        return self._noted(super().loads_typed(data))

    def _noted(self, value: Any) -> Any:
        if value == self.value:
            self.threads.add(threading.current_thread().name)
        return value


@pytest.mark.parametrize("value", [LARGE, "small"], ids=["large", "small"])
async def test_when_they_are_written_and_read(checkpoints: str, value: Any) -> None:
    seen = Seen(value)
    async with stores(checkpoints) as (store,):
        await store.acquire(lease())
        saver = store.saver(lease(), seen)
        versions: Any = {"value": saver.get_next_version(None, None)}
        checkpoint: Checkpoint = empty_checkpoint() | {"id": str(uuid6()), "channel_values": {"value": value}}
        checkpoint["channel_versions"] = versions
        where = await saver.aput(CONFIG, checkpoint, {"source": "loop", "step": 0, "parents": {}}, versions)
        await saver.aput_writes(where, [("value", value)], "task")
        saved = await saver.aget_tuple(CONFIG)
        assert saved is not None
        assert saved.checkpoint["channel_values"] == {"value": value}
        assert saved.pending_writes == [("task", "value", value)]
        read = await asyncio.to_thread(lambda: next(iter(saver.list(CONFIG))))
        assert read.checkpoint["channel_values"] == {"value": value}
    here = threading.current_thread().name
    assert (here in seen.threads) == (value == "small")
