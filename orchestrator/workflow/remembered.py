"""The latest of many: ids that came already, what became of closed tasks."""

import hashlib
from collections import OrderedDict
from typing import Any, Generic, TypeVar

V = TypeVar("V")

REMEMBERED = 1000
LONGEST = 64
"""A longer key is remembered by its SHA-256: a thousand ids travel from run to run, and who sends them chooses them."""


class Remembered(OrderedDict[str, V], Generic[V]):
    """A dictionary that forgets its oldest entry when it is full."""

    def __init__(self, limit: int = REMEMBERED) -> None:
        super().__init__()
        self._limit = limit

    def __getitem__(self, key: str) -> V:
        return super().__getitem__(_brief(key))

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and super().__contains__(_brief(key))

    def get(self, key: str, default: Any = None) -> Any:
        """The value, or the default."""
        return super().get(_brief(key), default)

    def __setitem__(self, key: str, value: V) -> None:
        super().__setitem__(_brief(key), value)
        if len(self) > self._limit:
            self.popitem(last=False)


def _brief(key: str) -> str:
    return key if len(key) <= LONGEST else hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
