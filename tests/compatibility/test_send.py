from typing import Any, TypedDict

from langgraph.graph import START
from langgraph.types import Send, interrupt

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Builder, Log, chain, says

NUMBERS = range(1, 4)


class Number(TypedDict):
    number: int


def each(_state: Log) -> list[Send]:
    return [Send("one", {"number": number}) for number in NUMBERS]


def graph(node: Any) -> Builder:
    builder = chain(says("joined"))
    builder.edges.clear()
    builder.add_node("one", node)
    builder.add_conditional_edges(START, each, ["one"])
    builder.add_edge("one", "joined")
    return builder


def squares(task: Number) -> Log:
    return {"log": [task["number"] ** 2]}


def asks(task: Number) -> Log:
    return {"log": [interrupt(f"{task['number']}?")]}


async def test_fans_out_over_one_node() -> None:
    assert await agreed(graph(squares), EMPTY) == {"log": [1, 4, 9, "joined"]}


async def test_may_ask_in_every_branch_and_each_gets_its_own_answer(checkpoints: str) -> None:
    answers = {f"{number}?": f"answer {number}" for number in NUMBERS}
    output = await agreed(graph(asks), EMPTY, answers, checkpoints=checkpoints)
    assert output == {"log": ["answer 1", "answer 2", "answer 3", "joined"]}
