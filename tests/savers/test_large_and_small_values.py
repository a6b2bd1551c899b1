import asyncio
from typing import Any, TypedDict

import pytest
from langchain_core.messages import AIMessage, BaseMessage

from tests.support.graphs import fan
from tests.support.stores import SERDE, acquired, lease, stores

THREADS = [f"thread-{number}" for number in range(8)]


class Papers(TypedDict, total=False):
    number: int
    text: str
    pages: list[str]
    letters: list[BaseMessage]


SIZES = [1, 5_000, 100_000, 2_000_000]
"""Some go with others', some over a connection of their own, some are serialised in a thread."""


@pytest.mark.parametrize("size", SIZES)
async def test_come_back_as_they_were(checkpoints: str, size: int) -> None:
    papers: Papers = {
        "number": size,
        "text": "t" * size,
        "pages": ["p" * (size // 10)] * 10,
        "letters": [AIMessage("l" * size, id="letter")],
    }

    async def writes(_state: Papers) -> Papers:
        return papers

    async with stores(checkpoints, 2) as (store, other):
        savers = [await acquired(store, lease(thread=thread)) for thread in THREADS]
        configs: list[Any] = [{"configurable": {"thread_id": thread}} for thread in THREADS]
        graphs = [fan(writes, schema=Papers).compile(checkpointer=saver) for saver in savers]
        await asyncio.gather(
            *(
                graph.ainvoke({"number": 0}, config, durability="sync")
                for graph, config in zip(graphs, configs, strict=True)
            )
        )
        for config in configs:
            found: Any = await other.saver(None, SERDE).aget_tuple(config)
            kept = {key: found.checkpoint["channel_values"][key] for key in papers}
            assert kept == papers
