from typing import Any

import pytest
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Builder, Log, chain, says
from tests.support.local import audited, decide, open_tasks, output, serving


def nested(name: str, **stops: Any) -> Builder:
    """A subgraph of the nodes `a` and `b`, and a node after it."""
    builder: Builder = StateGraph(Log)
    builder.add_node(name, chain(says("a"), says("b")).compile(**stops))
    builder.add_node("end", says("end"))
    builder.add_edge(START, name)
    builder.add_edge(name, "end")
    return builder


@pytest.mark.parametrize(
    "stops", [{"interrupt_before": ["b"]}, {"interrupt_after": ["a"]}, {"interrupt_before": "*"}], ids=str
)
async def test_stop_the_run_until_they_are_approved(stops: dict[str, Any], checkpoints: str) -> None:
    assert await agreed(nested("inner", **stops), EMPTY, checkpoints=checkpoints) == {"log": ["a", "b", "end"]}


def before(*nodes: str) -> dict[str, Any]:
    return {"interrupt": "before", "nodes": list(nodes)}


def after(*nodes: str) -> dict[str, Any]:
    return {"interrupt": "after", "nodes": list(nodes)}


CASES: dict[str, tuple[Any, list[Any]]] = {
    "before a node": (nested("inner", interrupt_before=["b"]), [before("inner/b")]),
    "after a node": (nested("inner", interrupt_after=["a"]), [after("inner/a")]),
    "after the last": (nested("inner", interrupt_after=["b"]), [after("inner/b")]),
    "before all": (nested("inner", interrupt_before="*"), [before("inner/a"), before("inner/b")]),
    "after all": (nested("inner", interrupt_after="*"), [after("inner/a"), after("inner/b")]),
    "before the subgraph and in it": (
        nested("inner", interrupt_before=["a"]).compile(interrupt_before=["inner"]),
        [before("inner"), before("inner/a")],
    ),
}


@pytest.mark.parametrize(("graph", "wanted"), CASES.values(), ids=CASES)
async def test_are_asked_for_once_each_by_the_names_of_their_nodes(graph: Any, wanted: list[Any]) -> None:
    async with serving(graph=graph) as local:
        handle = await local.graph("graph", EMPTY)
        for stop in wanted:
            (task,) = await open_tasks(handle)
            assert task["payload"] == stop
            await decide(handle, task_id=task["task_id"])
        assert await output(handle) == {"log": ["a", "b", "end"]}
        assert len(await audited(handle, "opened")) == len(wanted)


async def test_side_by_side_are_approved_together() -> None:
    builder: Builder = StateGraph(Log)
    for side, node in (("left", "l"), ("right", "r")):
        builder.add_node(side, chain(says(node)).compile(interrupt_before=[node]))
        builder.add_edge(START, side)
    async with serving(graph=builder) as local:
        handle = await local.graph("graph", EMPTY)
        (task,) = await open_tasks(handle)
        assert task["payload"] == before("left/l", "right/r")
        await decide(handle, task_id=task["task_id"])
        assert sorted((await output(handle))["log"]) == ["l", "r"]
        assert len(await audited(handle, "opened")) == 1


async def test_beside_a_question_come_first() -> None:
    builder: Builder = StateGraph(Log)
    builder.add_node("inner", chain(says("a")).compile(interrupt_before=["a"]))
    builder.add_node("asks", lambda _state: {"log": [interrupt("well?")]})
    builder.add_edge(START, "inner")
    builder.add_edge(START, "asks")
    async with serving(graph=builder) as local:
        handle = await local.graph("graph", EMPTY)
        for payload, values in ((before("inner/a"), None), ("well?", "yes")):
            (task,) = await open_tasks(handle)
            assert task["payload"] == payload
            await decide(handle, task_id=task["task_id"], values=values)
        assert sorted((await output(handle))["log"]) == ["a", "yes"]
        assert len(await audited(handle, "opened")) == 2


async def test_before_a_node_that_asks_is_not_asked_for_again_when_it_is_answered() -> None:
    def asks(_state: Log) -> Log:
        return {"log": [interrupt("first?"), interrupt("second?")]}

    async with serving(graph=chain(says("a"), asks).compile(interrupt_before=["asks"])) as local:
        handle = await local.graph("graph", EMPTY)
        for payload, values in ((before("asks"), None), ("first?", "A"), ("second?", "B")):
            (task,) = await open_tasks(handle)
            assert task["payload"] == payload
            await decide(handle, task_id=task["task_id"], values=values)
        assert await output(handle) == {"log": ["a", "A", "B"]}


async def test_of_a_subgraph_with_a_memory_stop_each_call() -> None:
    keeps = chain(says("a"), says("b")).compile(interrupt_after=["b"], checkpointer=True)
    builder: Builder = StateGraph(Log)
    builder.add_node("inner", keeps)
    builder.add_node("more", lambda state: {"log": [len(state["log"])]})
    builder.add_edge(START, "inner")
    builder.add_edge("inner", "more")
    builder.add_conditional_edges("more", lambda state: "inner" if state["log"].count("a") < 2 else "__end__")
    async with serving(graph=builder) as local:
        handle = await local.graph("graph", EMPTY)
        for _ in range(2):
            (task,) = await open_tasks(handle)
            assert task["payload"] == after("inner/b")
            await decide(handle, task_id=task["task_id"])
        await output(handle)
        assert len(await audited(handle, "opened")) == 2
