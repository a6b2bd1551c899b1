"""What is too large for Temporal's history."""

from typing import Any

from pydantic_core import to_json

LIMIT_BYTES = 256 * 1024
"""What is larger travels by reference. Temporal refuses payloads over 2 MB and warns from 256 KiB on."""


MOST_BYTES = 1024 * 1024
"""What a message may say itself: together with all else that an activity gets it has to stay under those 2 MB."""


def size(value: Any) -> int:
    """Bytes of its JSON."""
    return len(to_json(value))


def is_large(value: Any) -> bool:
    """Whether a value, as JSON, is over the limit."""
    return size(value) > LIMIT_BYTES
