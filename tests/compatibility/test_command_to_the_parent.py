from typing import Any

from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Builder, Log, chain, says


def hands_over(_state: Log) -> Command[Any]:
    answer = interrupt("to whom?")
    return Command(graph=Command.PARENT, goto=answer, update={"log": [f"handed to {answer}"]})


def graph() -> Builder:
    builder: Builder = StateGraph(Log)
    builder.add_node("team", chain(says("team"), hands_over).compile(), destinations=("ann", "bob"))
    builder.add_edge(START, "team")
    builder.add_node("ann", says("ann"))
    builder.add_node("bob", says("bob"))
    return builder


async def test_leaves_the_subgraph_and_goes_on_in_its_parent(checkpoints: str) -> None:
    output = await agreed(graph(), EMPTY, {"to whom?": "bob"}, checkpoints=checkpoints)
    assert output == {"log": ["handed to bob", "bob"]}
