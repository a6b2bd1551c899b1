import itertools
from typing import Any

import pytest
from langgraph.types import interrupt

from tests.support.graphs import EMPTY, Builder, Log, chain, fan, says
from tests.support.local import decide, open_task, open_tasks, output, serving

ran: list[str] = []


def asking(name: str) -> Any:
    def node(_state: Log) -> Log:
        answer = interrupt(f"{name}?")
        ran.append(name)
        return {"log": [f"{name} {answer}"]}

    node.__name__ = name
    return node


def three() -> Builder:
    builder = fan(*(asking(name) for name in "abc"))
    builder.add_node("join", says("joined"))
    for name in "abc":
        builder.add_edge(name, "join")
    return builder


@pytest.mark.parametrize("order", list(itertools.permutations("abc")), ids="".join)
async def test_are_answered_in_any_order_each_with_its_own_answer(order: tuple[str, ...]) -> None:
    ran.clear()
    async with serving(three=three()) as local:
        handle = await local.graph("three", EMPTY)
        await open_tasks(handle, 3)
        for name in order:
            task = await open_task(handle, f"{name}?")
            await decide(handle, task_id=task["task_id"], values=name.upper())
        log = (await output(handle))["log"]
        assert sorted(log[:-1]) == ["a A", "b B", "c C"]
        assert log[-1] == "joined"
        assert sorted(ran) == ["a", "b", "c"]


async def test_a_question_that_stays_open_keeps_its_task_while_another_is_answered() -> None:
    async with serving(two=fan(asking("a"), asking("b"))) as local:
        handle = await local.graph("two", EMPTY)
        before = {task["payload"]: task["task_id"] for task in await open_tasks(handle, 2)}
        await decide(handle, task_id=before["a?"], values="A")
        (left,) = await open_tasks(handle)
        assert left["task_id"] == before["b?"]
        await decide(handle, values="B")
        assert sorted((await output(handle))["log"]) == ["a A", "b B"]


async def test_in_a_subgraph_and_beside_it_are_told_apart() -> None:
    inner = chain(asking("inner")).compile()
    builder = fan(asking("outer"))
    builder.add_node("sub", inner)
    builder.add_edge("__start__", "sub")
    async with serving(nested=builder) as local:
        handle = await local.graph("nested", EMPTY)
        for name in ("inner", "outer"):
            task = await open_task(handle, f"{name}?")
            await decide(handle, task_id=task["task_id"], values=name.upper())
        assert sorted((await output(handle))["log"]) == ["inner INNER", "outer OUTER"]
