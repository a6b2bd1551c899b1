"""LangGraph puts what a graph is configured with into each checkpoint's metadata."""

from typing import Any

import pytest

from tests.support.graphs import EMPTY, chain, says
from tests.support.stores import EVERY_DATABASE, acquired, lease, stores

STRANGE: dict[str, Any] = {"no limit": float("inf"), "no number": float("nan"), "half a character": "\ud800"}


@EVERY_DATABASE
@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE)
async def test_does_not_stop_a_graph(checkpoints: str, value: Any) -> None:
    config: Any = {"configurable": {"thread_id": "thread", "limit": value}, "metadata": {"named": "so"}}
    async with stores(checkpoints) as (store,):
        saver = await acquired(store, lease())
        graph = chain(says("one"), says("two")).compile(checkpointer=saver)
        assert await graph.ainvoke(EMPTY, config) == {"log": ["one", "two"]}
        [latest] = [saved async for saved in saver.alist(config, filter={"named": "so"}, limit=1)]
        assert latest.checkpoint["channel_values"]["log"] == ["one", "two"]
