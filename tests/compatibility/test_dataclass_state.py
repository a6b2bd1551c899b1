import operator
from dataclasses import dataclass, field
from typing import Annotated, Any

from langgraph.types import interrupt

from tests.support.compat import agreed
from tests.support.graphs import chain


@dataclass(frozen=True)
class Point:
    x: int


@dataclass
class State:
    name: str
    log: Annotated[list[str], operator.add] = field(default_factory=list)
    point: Point = field(default_factory=lambda: Point(0))


def moves(state: State) -> dict[str, Any]:
    return {"point": Point(state.point.x + 1), "log": [type(state).__name__]}


def asks(state: State) -> dict[str, Any]:
    interrupt("go on?")
    return {"log": [f"{state.name} at {state.point.x}", type(state.point).__name__]}


async def test_is_itself_in_every_node_before_a_wait_and_after(checkpoints: str) -> None:
    output = await agreed(chain(moves, asks, schema=State), {"name": "ann"}, {"go on?": True}, checkpoints=checkpoints)
    assert output == {"name": "ann", "log": ["State", "ann at 1", "Point"], "point": {"x": 1}}
