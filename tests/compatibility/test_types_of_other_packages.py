from collections.abc import Sequence
from typing import Any, TypedDict

import pytest
from langgraph.types import interrupt

from orchestrator import Orchestrator
from orchestrator.wire import Operator
from tests.support.compat import answered
from tests.support.graphs import chain
from tests.support.local import output, serving


class State(TypedDict):
    value: Any


def makes(_state: State) -> State:
    return {"value": Operator(by="ann")}


def shows(state: State) -> State:
    interrupt("go on?")
    return {"value": type(state["value"]).__name__}


@pytest.mark.parametrize(("packages", "kind"), [([], "dict"), (["orchestrator"], "Operator")])
async def test_arrive_as_plain_data_unless_the_package_is_named(
    packages: Sequence[str], kind: str, checkpoints: str
) -> None:
    app = Orchestrator("tests")
    app.graph(chain(makes, shows, schema=State), name="graph", packages=packages)
    async with serving(app, checkpoints=checkpoints) as local:
        handle = await local.graph("graph", {"value": None})
        await answered(handle, {"go on?": True})
        assert await output(handle) == {"value": kind}
