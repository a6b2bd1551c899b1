from datetime import UTC, datetime
from decimal import Decimal

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.types import Send

from orchestrator.checkpoints.serde import serializer
from tests.support.foreign import Colour, Item, Order, Size

ITEM = Item("coat", Colour.RED, [Size.LARGE])
VALUES = {
    "an enum": Colour.RED,
    "a string enum": Size.LARGE,
    "a dataclass with enums": ITEM,
    "a pydantic model with dataclasses": Order(
        items=[ITEM, ITEM], price=Decimal("9.90"), at=datetime(2026, 1, 2, 3, tzinfo=UTC)
    ),
    "all of them in containers": {"orders": [[ITEM, {Colour.RED}]], "by": {1: ITEM}},
    "messages with tool calls": [
        HumanMessage("hello"),
        AIMessage("", tool_calls=[{"name": "look", "args": {"at": "it"}, "id": "1"}]),
    ],
    "what langgraph itself writes": Send("node", {"item": ITEM}),
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_with_their_type_and_all_that_is_in_them(value: object) -> None:
    serde = serializer({"tests"})
    again = serde.loads_typed(serde.dumps_typed(value))
    assert again == value
    assert type(again) is type(value)


def test_the_types_inside_a_model_are_the_same_as_well() -> None:
    serde = serializer({"tests"})
    order = Order(items=[ITEM], price=Decimal(1), at=datetime(2026, 1, 2, tzinfo=UTC))
    again: Order = serde.loads_typed(serde.dumps_typed(order))
    assert isinstance(again.items[0], Item)
    assert again.items[0].colour is Colour.RED
