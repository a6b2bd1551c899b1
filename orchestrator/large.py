"""What is too large for Temporal's history."""

from typing import Any

from pydantic_core import to_json

LIMIT_BYTES = 256 * 1024
"""What is larger travels by reference. Temporal refuses payloads over 2 MB and warns from 256 KiB on."""


def is_large(value: Any) -> bool:
    """Whether a value, as JSON, is over the limit."""
    return len(to_json(value)) > LIMIT_BYTES
