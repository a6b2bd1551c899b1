from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Builder, Log, Node, says


def asks(_state: Log) -> Log:
    return {"log": [interrupt("go on?")]}


def graph() -> Builder:
    """A short branch and a long one, and a node that waits for both."""
    builder: Builder = StateGraph(Log)
    nodes: dict[str, Node] = {"short": says("short"), "long": says("long"), "longer": says("longer"), "asks": asks}
    for name, node in nodes.items():
        builder.add_node(name, node)
    builder.add_node("last", says("last"), defer=True)
    for edge in [(START, "short"), (START, "long"), ("long", "longer"), ("longer", "asks")]:
        builder.add_edge(*edge)
    builder.add_edge("short", "last")
    builder.add_edge("asks", "last")
    return builder


async def test_run_once_when_all_others_have_ended(checkpoints: str) -> None:
    output = await agreed(graph(), EMPTY, {"go on?": "yes"}, checkpoints=checkpoints)
    assert sorted(output["log"][:2]) == ["long", "short"]
    assert output["log"][2:] == ["longer", "yes", "last"]
