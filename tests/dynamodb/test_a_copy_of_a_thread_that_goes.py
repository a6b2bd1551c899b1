import contextlib
from typing import Any

from langgraph.checkpoint.base import Checkpoint, empty_checkpoint
from langgraph.checkpoint.base.id import uuid6

from orchestrator.calls import Rewind
from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.errors import ThreadLost
from tests.support.stores import SERDE, acquired, lease, stores

VALUES = {f"channel-{number}": [number] for number in range(205)}
"""More than is read at a time."""


async def whole(store: CheckpointStore, thread: str) -> bool:
    saved = await store.saver(None, SERDE).aget_tuple({"configurable": {"thread_id": thread}})
    return saved is not None and saved.checkpoint["channel_values"] == VALUES


async def test_is_whole_or_not_made(dynamodb: str) -> None:
    """As by the retention, or by the attempt that a reset has replaced and that does not know yet."""
    async with stores(dynamodb) as (store,):
        saver = await acquired(store, lease())
        versions: Any = {name: saver.get_next_version(None, None) for name in VALUES}
        checkpoint: Checkpoint = empty_checkpoint() | {"id": str(uuid6()), "channel_values": VALUES}
        checkpoint["channel_versions"] = versions
        config: Any = {"configurable": {"thread_id": "thread", "checkpoint_ns": ""}}
        await saver.aput(config, checkpoint, {"source": "loop", "step": 0, "parents": {}}, versions)
        assert await whole(store, "thread")

        async def on_copied(*_: Any) -> None:
            await saver.adelete_thread("thread")

        store.on_copied = on_copied
        with contextlib.suppress(ThreadLost):
            await store.branch("thread", lease(thread="copy"), Rewind(checkpoint_id=checkpoint["id"]), SERDE)
            assert await whole(store, "copy")
