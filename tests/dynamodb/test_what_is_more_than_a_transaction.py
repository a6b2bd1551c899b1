from typing import Any

from langgraph.checkpoint.base import Checkpoint, empty_checkpoint
from langgraph.checkpoint.base.id import uuid6

from tests.support.dynamodb_rows import of_threads
from tests.support.stores import acquired, lease, put, stores


async def test_a_state_of_many_channels_is_written_and_deleted_whole(dynamodb: str) -> None:
    values = {f"channel-{number}": [number] for number in range(105)}
    async with stores(dynamodb) as (store,):
        saver = await acquired(store, lease())
        versions: Any = {name: saver.get_next_version(None, None) for name in values}
        checkpoint: Checkpoint = empty_checkpoint() | {"id": str(uuid6()), "channel_values": values}
        checkpoint["channel_versions"] = versions
        config: Any = {"configurable": {"thread_id": "thread", "checkpoint_ns": ""}}
        where = await saver.aput(config, checkpoint, {"source": "loop", "step": 0, "parents": {}}, versions)
        saved = await saver.aget_tuple(where)
        assert saved is not None
        assert saved.checkpoint["channel_values"] == values
        await saver.adelete_thread("thread")
        assert [item["sk"]["S"] for _, item in of_threads(dynamodb)] == ["lease"]


async def test_a_task_of_many_writes_is_there_whole_and_the_first_counts(dynamodb: str) -> None:
    async with stores(dynamodb) as (store,):
        saver = await acquired(store, lease())
        where = await put(saver)
        await saver.aput_writes(where, [("log", number) for number in range(200)], "task")
        await saver.aput_writes(where, [("log", -1) for _ in range(300)], "task")
        saved = await saver.aget_tuple(where)
        assert saved is not None
        assert saved.pending_writes is not None
        assert [value for _, _, value in saved.pending_writes] == [*range(200), *[-1] * 100]
