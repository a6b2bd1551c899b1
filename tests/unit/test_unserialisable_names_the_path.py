import threading
from dataclasses import dataclass
from typing import Any

import pytest

from orchestrator.checkpoints.serde import serializer
from orchestrator.errors import Unserialisable


@dataclass
class Basket:
    """Holds whatever it is given."""

    items: list[Any]


LOCK = threading.Lock()
PATHS = {
    "['orders'][1]['handle']": {"orders": [{}, {"handle": LOCK}]},
    "['basket'].items[0]": {"basket": Basket([LOCK])},
    "[0][1]": [("a", LOCK)],
    "['f']": {"f": lambda: None},
    "the value": LOCK,
}


@pytest.mark.parametrize(("path", "value"), PATHS.items(), ids=PATHS)
def test_of_the_value_that_cannot_be_written(path: str, value: Any) -> None:
    with pytest.raises(Unserialisable) as caught:
        serializer({"tests"}).dumps_typed(value)
    assert f"The state cannot be checkpointed: {path} is a " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_structure_that_contains_itself_is_unserialisable_and_not_a_crash() -> None:
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(Unserialisable):
        serializer({"tests"}).dumps_typed({"circle": circle})
