import asyncio

import pytest
from langgraph.errors import NodeTimeoutError
from langgraph.graph import StateGraph
from langgraph.types import RetryPolicy, TimeoutPolicy

from tests.support.compat import agreed, plain
from tests.support.graphs import EMPTY, Builder, Log
from tests.support.local import QUICK_RETRIES, failure, serving

runs: list[int] = []


async def slow(_state: Log) -> Log:
    await asyncio.sleep(30)
    return EMPTY  # type: ignore[return-value]


async def slow_at_first(_state: Log) -> Log:
    runs.append(1)
    await asyncio.sleep(30 if len(runs) % 2 else 0)
    return {"log": ["in time"]}


def graph(node: object, **policies: object) -> Builder:
    builder: Builder = StateGraph(Log)
    builder.add_node("node", node, timeout=TimeoutPolicy(run_timeout=0.1), **policies)  # type: ignore[call-overload]
    builder.set_entry_point("node")
    return builder


async def test_fails_the_stage_as_node_timeout_where_langgraph_raises() -> None:
    with pytest.raises(NodeTimeoutError):
        await plain(graph(slow))
    async with serving(graph=graph(slow)) as local:
        options = {"on_failure": "fail", "retry": QUICK_RETRIES}
        error = await failure(await local.graph("graph", EMPTY, options=options))
    assert error.type == "NodeTimeout"
    assert "'node'" in error.message


async def test_is_retried_by_the_nodes_own_policy() -> None:
    runs.clear()
    policy = RetryPolicy(initial_interval=0.01, jitter=False, retry_on=NodeTimeoutError)
    assert await agreed(graph(slow_at_first, retry_policy=policy), EMPTY) == {"log": ["in time"]}


async def test_of_a_sync_node_is_refused_by_langgraph() -> None:
    def sync(_state: Log) -> Log:
        return {"log": []}

    with pytest.raises(ValueError, match="async"):
        await plain(graph(sync))
