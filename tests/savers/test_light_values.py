from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from orchestrator.checkpoints.weight import MOST_PARTS, is_light

LIGHT: dict[str, Any] = {
    "nothing": None,
    "a number": 1.5,
    "a short text": "word",
    "a message": HumanMessage("hello"),
    "a few of each": {"list": [1, "two", (3,)], "set": {4}},
}
HEAVY: dict[str, Any] = {
    "a long text": "x" * 1001,
    "many bytes": bytearray(1001),
    "many numbers": list(range(1001)),
    "texts that add up": ["x" * 100] * 11,
    "a long text deep inside": {"a": [{"b": ("x" * 1001,)}]},
    "a message with a long text": HumanMessage("x" * 1001),
    "more parts than are looked at": [None] * (MOST_PARTS + 1),
}


@pytest.mark.parametrize("value", LIGHT.values(), ids=LIGHT)
def test_cost_less_than_a_thread(value: Any) -> None:
    assert is_light([value], 10_000)


@pytest.mark.parametrize("value", HEAVY.values(), ids=HEAVY)
def test_are_told_from_heavy_ones(value: Any) -> None:
    assert not is_light([value], 1000)


def test_may_contain_themselves() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert not is_light([endless], 1000)
