"""Whether a value is small, found out without serialising it."""

import asyncio
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar

T = TypeVar("T")

SCALARS = frozenset({type(None), bool, int, float})
SCALAR_BYTES = 8
MOST_PARTS = 1000
SERIALISED_AT_ONCE_BYTES = 65_536
"""What is larger is serialised in a thread."""


async def beside_the_loop(work: Callable[[], T], values: Iterable[Any]) -> T:
    """What `work` makes of values: in a thread, unless they are light, so that nobody waits for it meanwhile."""
    return work() if is_light(values, SERIALISED_AT_ONCE_BYTES) else await asyncio.to_thread(work)


def is_light(values: Iterable[Any], most_bytes: int) -> bool:
    """Whether values are so small that serialising them costs less than handing them to a thread and back.

    It looks at no more than it must: what has many parts or a large one is not light.
    """
    left = most_bytes
    parts = list(values)
    for _ in range(MOST_PARTS):
        if not parts:
            return True
        part = parts.pop()
        if type(part) in SCALARS:
            left -= SCALAR_BYTES
            continue
        left -= _own_size(part)
        if left < 0:
            return False
        inside = _inside(part)
        if len(inside) > MOST_PARTS:
            return False
        parts += inside
    return False


def _inside(part: Any) -> Collection[Any]:
    """What a value consists of."""
    if isinstance(part, str | bytes | bytearray):
        return ()
    if isinstance(part, list | tuple | set | frozenset):
        return part
    if isinstance(part, Mapping):
        return part.values()
    return getattr(part, "__dict__", {}).values()


def _own_size(part: Any) -> int:
    """Bytes, roughly; of an array, all of it."""
    if isinstance(part, str | bytes | bytearray):
        return len(part)
    if isinstance(part, Mapping | list | tuple | set | frozenset):
        return SCALAR_BYTES
    return sys.getsizeof(part)
