from typing import Any

from langgraph.types import interrupt

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Log, fan, says

ran: list[str] = []


def asking(name: str) -> Any:
    def node(_state: Log) -> Log:
        first = interrupt(f"{name} first?")
        second = interrupt(f"{name} second?")
        return {"log": [f"{name} {first} {second}"]}

    node.__name__ = name
    return node


def silent(_state: Log) -> Log:
    ran.append("silent")
    return {"log": ["silent"]}


async def test_two_nodes_with_two_questions_each_and_one_that_asks_nothing(checkpoints: str) -> None:
    ran.clear()
    builder = fan(asking("a"), asking("b"), silent)
    builder.add_node("join", says("joined"))
    builder.add_edge(["a", "b", "silent"], "join")
    answers = {f"{name} {which}?": f"{name}{which}" for name in "ab" for which in ("first", "second")}
    output = await agreed(builder, EMPTY, answers, checkpoints=checkpoints)
    assert output == {"log": ["a afirst asecond", "b bfirst bsecond", "silent", "joined"]}
    assert ran == ["silent", "silent"]  # once by each
