from dataclasses import dataclass
from enum import Enum
from typing import TypedDict

from langgraph.types import interrupt
from pydantic import BaseModel

from tests.support.graphs import chain
from tests.support.local import decide, open_tasks, output, serving


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Item:
    name: str
    colour: Colour


class Order(BaseModel):
    items: list[Item]


class State(TypedDict):
    order: Order
    types: list[str]


def orders(_state: State) -> dict[str, Order]:
    return {"order": Order(items=[Item("coat", Colour.RED)])}


def looks(state: State) -> dict[str, list[str]]:
    interrupt("go on?")
    order = state["order"]
    return {"types": [type(part).__name__ for part in (order, order.items[0], order.items[0].colour)]}


async def test_are_themselves_again_after_a_wait(checkpoints: str) -> None:
    async with serving(checkpoints=checkpoints, shop=chain(orders, looks, schema=State)) as local:
        handle = await local.graph("shop", {"types": []})
        await open_tasks(handle)
        await decide(handle)
        result = await output(handle)
    assert result["types"] == ["Order", "Item", "Colour"]
    assert result["order"] == {"items": [{"name": "coat", "colour": "red"}]}
