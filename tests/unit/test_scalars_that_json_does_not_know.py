import math
from typing import Any, TypedDict

import pytest

from tests.support.graphs import fan
from tests.support.stores import acquired, lease, stores


class Scan(TypedDict):
    text: Any


VALUES = {"NUL": "a\0b", "infinity": math.inf, "half a character": "\ud800"}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
async def test_survive_a_checkpoint_in_every_database_alike(checkpoints: str, value: Any) -> None:
    def reads(_state: Scan) -> Scan:
        return {"text": value}

    async with stores(checkpoints) as (store,):
        graph = fan(reads, schema=Scan).compile(checkpointer=await acquired(store, lease()))
        await graph.ainvoke({"text": ""}, {"configurable": {"thread_id": "thread"}}, durability="sync")
        state = await graph.aget_state({"configurable": {"thread_id": "thread"}})
    assert state.values == {"text": "?" if value == "\ud800" else value}
