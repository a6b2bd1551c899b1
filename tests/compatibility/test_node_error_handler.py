from typing import Any

from langgraph.errors import NodeError
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt

from tests.support.compat import agreed, orchestrated
from tests.support.graphs import EMPTY, Builder, Log, Node, says


def broken(_state: Log) -> Log:
    raise ValueError("broken")


def asks_and_breaks(_state: Log) -> Log:
    raise ValueError(interrupt("how?"))


def handler(_state: Log, error: NodeError) -> Command[Any]:
    return Command(goto="end", update={"log": [f"{error.node}: {error.error}"]})


def asks(_state: Log) -> Log:
    return {"log": [interrupt("how?")]}


def asking_handler(_state: Log, error: NodeError) -> Command[Any]:
    return Command(goto="end", update={"log": [interrupt(f"{error.node} failed?")]})


def graph(node: Any, handled: Any) -> Builder:
    builder: Builder = StateGraph(Log)
    builder.add_node("node", node, error_handler=handled)
    builder.add_edge(START, "node")
    builder.add_node("end", says("end"))
    return builder


async def test_takes_the_place_of_a_failed_node() -> None:
    assert await agreed(graph(broken, handler), EMPTY) == {"log": ["node: broken", "end"]}


async def test_is_not_called_for_a_question_but_for_what_is_raised_after_it(checkpoints: str) -> None:
    output = await agreed(graph(asks_and_breaks, handler), EMPTY, {"how?": "badly"}, checkpoints=checkpoints)
    assert output == {"log": ["node: badly", "end"]}


async def test_may_ask_what_to_do(checkpoints: str) -> None:
    output = await agreed(graph(broken, asking_handler), EMPTY, {"node failed?": "go on"}, checkpoints=checkpoints)
    assert output == {"log": ["go on", "end"]}


async def test_may_ask_beside_another_question(checkpoints: str) -> None:
    builder = graph(broken, asking_handler)
    asking: Node = asks
    builder.add_node("asks", asking)
    builder.add_edge(START, "asks")
    answers = {"node failed?": "go on", "how?": "well"}
    output = await agreed(builder, EMPTY, answers, checkpoints=checkpoints)
    assert sorted(output["log"]) == ["end", "go on", "well"]


async def test_takes_over_from_a_router_that_raises(checkpoints: str) -> None:
    def router(_state: Log) -> str:
        raise ValueError("no way")

    builder = graph(says("done"), handler)
    builder.add_conditional_edges("node", router, ["end"])
    output = await agreed(builder, EMPTY, checkpoints=checkpoints)
    assert output["log"][-2:] == ["node: no way", "end"]


async def test_that_raises_is_tried_again_and_the_node_is_not(checkpoints: str) -> None:
    ran: list[str] = []

    def once(_state: Log) -> Log:
        ran.append("node")
        raise ValueError("broken")

    def flaky(_state: Log, error: NodeError) -> Command[Any]:
        ran.append("handler")
        if ran.count("handler") == 1:
            raise RuntimeError("not now")
        return Command(goto="end", update={"log": [str(error.error)]})

    output = await orchestrated(graph(once, flaky), checkpoints=checkpoints)
    assert output == {"log": ["ValueError('broken')", "end"]}  # read from the checkpoint: no longer an exception
    assert ran == ["node", "handler", "handler"]
