from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Builder, Log, chain, says

ran: list[str] = []


def before(_state: Log) -> Log:
    ran.append("before")
    return {"log": []}


def asks(state: Log) -> Log:
    return {"log": [interrupt(f"after {len(state['log'])}?")]}


def nested(inner: Builder, depth: int) -> Builder:
    builder: Builder = StateGraph(Log)
    builder.add_node("inner", inner.compile())
    builder.add_node("depth", says(f"depth {depth}"))
    builder.add_edge(START, "inner")
    builder.add_edge("inner", "depth")
    return builder


async def test_share_the_state_of_their_parent() -> None:
    output = await agreed(nested(chain(says("a"), says("b")), 1), EMPTY)
    assert output == {"log": ["a", "b", "depth 1"]}


async def test_ask_from_two_levels_down_and_go_on_from_there(checkpoints: str) -> None:
    ran.clear()
    graph = nested(nested(chain(before, asks), 2), 1)
    output = await agreed(graph, {"log": ["start"]}, {"after 1?": "yes"}, checkpoints=checkpoints)
    assert output["log"][-2:] == ["depth 2", "depth 1"]
    assert "yes" in output["log"]
    assert ran == ["before", "before"]  # once by each
