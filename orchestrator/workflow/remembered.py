"""The latest of many: ids that came already, what became of closed tasks."""

from collections import OrderedDict
from typing import Generic, TypeVar

V = TypeVar("V")

REMEMBERED = 1000


class Remembered(OrderedDict[str, V], Generic[V]):
    """A dictionary that forgets its oldest entry when it is full."""

    def __init__(self, limit: int = REMEMBERED) -> None:
        super().__init__()
        self._limit = limit

    def __setitem__(self, key: str, value: V) -> None:
        super().__setitem__(key, value)
        if len(self) > self._limit:
            self.popitem(last=False)
