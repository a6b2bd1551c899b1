from typing import Any

import pytest

from tests.support.graphs import EMPTY, chain, says
from tests.support.local import decide, failure, open_tasks, output, serving


def graph(**breakpoints: Any) -> Any:
    return chain(says("one"), says("two"), says("three")).compile(**breakpoints)


CASES = {
    "before a node": ({"interrupt_before": ["two"]}, [{"interrupt": "before", "nodes": ["two"]}]),
    "after a node": ({"interrupt_after": ["two"]}, [{"interrupt": "after", "nodes": ["two"]}]),
    "before the first": ({"interrupt_before": ["one"]}, [{"interrupt": "before", "nodes": ["one"]}]),
    "before all": (
        {"interrupt_before": "*"},
        [{"interrupt": "before", "nodes": [name]} for name in ("one", "two", "three")],
    ),
    "before one and after it": (
        {"interrupt_before": ["two"], "interrupt_after": ["two"]},
        [{"interrupt": "before", "nodes": ["two"]}, {"interrupt": "after", "nodes": ["two"]}],
    ),
}


@pytest.mark.parametrize(("breakpoints", "stops"), CASES.values(), ids=CASES)
async def test_are_tasks_and_the_graph_goes_on_once_each_is_approved(
    breakpoints: dict[str, Any], stops: list[Any]
) -> None:
    async with serving(steps=graph(**breakpoints)) as local:
        handle = await local.graph("steps", EMPTY)
        for stop in stops:
            (task,) = await open_tasks(handle)
            assert task["payload"] == stop
            await decide(handle, task_id=task["task_id"])
        assert await output(handle) == {"log": ["one", "two", "three"]}


async def test_a_rejected_one_fails_the_stage() -> None:
    async with serving(steps=graph(interrupt_before=["two"])) as local:
        handle = await local.graph("steps", EMPTY)
        await open_tasks(handle)
        await decide(handle, "reject")
        error = await failure(handle)
        assert error.type == "Rejected"
        assert "ann rejected" in error.message
