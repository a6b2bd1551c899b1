from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import interrupt

from tests.support.compat import agreed, orchestrated
from tests.support.graphs import EMPTY, Log, chain


def asks(_state: Log) -> Log:
    return {"log": [interrupt("go on?")]}


async def test_that_the_graph_was_compiled_with_is_replaced_by_the_workers() -> None:
    saver = InMemorySaver()
    graph = chain(asks).compile(checkpointer=saver)
    assert await orchestrated(graph, EMPTY, {"go on?": "yes"}) == {"log": ["yes"]}
    assert not saver.storage
    assert await agreed(graph, EMPTY, {"go on?": "yes"}) == {"log": ["yes"]}
