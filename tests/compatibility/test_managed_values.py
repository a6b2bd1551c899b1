from typing import Any

from langgraph.managed import IsLastStep, RemainingSteps
from langgraph.types import interrupt

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Log, chain


class State(Log):
    remaining: RemainingSteps
    last: IsLastStep


def one(state: State) -> dict[str, Any]:
    return {"log": [state["remaining"]]}


def two(state: State) -> dict[str, Any]:
    interrupt("go on?")
    return {"log": [state["remaining"], state["last"]]}


def three(state: State) -> dict[str, Any]:
    return {"log": [state["remaining"], state["last"]]}


async def test_remaining_steps_count_from_the_start_and_anew_from_each_wait() -> None:
    output = await agreed(chain(one, two, three, schema=State), EMPTY, {"go on?": True}, recursion_limit=3)
    assert output == {"log": [2, 4, False, 3, False]}
