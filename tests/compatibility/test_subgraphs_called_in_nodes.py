from typing import TypedDict

from langgraph.types import interrupt

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Log, chain


class Inner(TypedDict):
    word: str


ran: list[str] = []


def first(state: Inner) -> Inner:
    ran.append(state["word"])
    return {"word": state["word"].upper()}


def asks(state: Inner) -> Inner:
    return {"word": f"{state['word']} {interrupt(state['word'])}"}


subgraph = chain(first, asks, schema=Inner).compile()


async def calls(_state: Log) -> Log:
    result = await subgraph.ainvoke({"word": "a"})
    return {"log": [result["word"]]}


async def calls_twice(_state: Log) -> Log:
    one = await subgraph.ainvoke({"word": "a"})
    two = await subgraph.ainvoke({"word": "b"})
    return {"log": [one["word"], two["word"]]}


def calls_in_a_thread(_state: Log) -> Log:
    return {"log": [subgraph.invoke({"word": "a"})["word"]]}


async def test_with_a_schema_of_their_own_ask_and_go_on(checkpoints: str) -> None:
    ran.clear()
    assert await agreed(chain(calls), EMPTY, {"A": "yes"}, checkpoints=checkpoints) == {"log": ["A yes"]}
    assert ran == ["a", "a"]  # once by each: its first node is not run again for the answer


async def test_called_twice_in_one_node_ask_twice(checkpoints: str) -> None:
    output = await agreed(chain(calls_twice), EMPTY, {"A": "yes", "B": "no"}, checkpoints=checkpoints)
    assert output == {"log": ["A yes", "B no"]}


async def test_may_be_called_by_a_sync_node() -> None:
    assert await agreed(chain(calls_in_a_thread), EMPTY, {"A": "yes"}) == {"log": ["A yes"]}
