from typing import Literal

from langgraph.types import Command, Send, interrupt

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Log, chain, says


def asks(_state: Log) -> Command[Literal["accepted", "rejected"]]:
    answer = interrupt("accept?")
    return Command(goto="accepted" if answer else "rejected", update={"log": [f"answered {answer}"]})


def spreads(_state: Log) -> Command[Literal["accepted", "rejected"]]:
    return Command(goto=[Send("accepted", EMPTY), Send("accepted", EMPTY), "rejected"], update=[("log", ["spread"])])


def either(node: object) -> object:
    builder = chain(node)  # type: ignore[arg-type]
    builder.add_node("accepted", says("accepted"))
    builder.add_node("rejected", says("rejected"))
    return builder


async def test_updates_the_state_and_goes_where_it_says_after_an_answer(checkpoints: str) -> None:
    output = await agreed(either(asks), EMPTY, {"accept?": False}, checkpoints=checkpoints)
    assert output == {"log": ["answered False", "rejected"]}


async def test_goes_to_several_nodes_and_sends_at_once() -> None:
    output = await agreed(either(spreads), EMPTY)
    assert output["log"][0] == "spread"
    assert sorted(output["log"][1:]) == ["accepted", "accepted", "rejected"]
