from langgraph.cache.memory import InMemoryCache
from langgraph.graph import START, StateGraph
from langgraph.types import CachePolicy

from tests.support.compat import plain
from tests.support.graphs import EMPTY, Builder, Log, Node
from tests.support.local import output, serving

ran: list[int] = []


def costly(_state: Log) -> Log:
    ran.append(1)
    return {"log": ["costly"]}


def graph(node: Node = costly) -> object:
    builder: Builder = StateGraph(Log)
    builder.add_node("costly", node, cache_policy=CachePolicy())
    builder.add_edge(START, "costly")
    return builder.compile(cache=InMemoryCache())


async def test_is_shared_by_the_runs_of_one_worker() -> None:
    bare = graph()
    assert [await plain(bare), await plain(bare)] == [{"log": ["costly"]}] * 2
    assert len(ran) == 1
    ran.clear()
    async with serving(graph=graph()) as local:
        for _ in range(2):
            assert await output(await local.graph("graph", EMPTY)) == {"log": ["costly"]}
    assert len(ran) == 1
