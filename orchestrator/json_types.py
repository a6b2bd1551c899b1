"""What JSON calls its values."""

from typing import Any

NAMES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (type(None), "null"),
    (bool, "a boolean"),
    ((int, float), "a number"),
    (str, "a string"),
    ((list, tuple), "an array"),
    (dict, "an object"),
)


def json_type(value: Any) -> str:
    """The name of its type, with the article; of what JSON does not know, Python's."""
    return next((name for kind, name in NAMES if isinstance(value, kind)), type(value).__name__)
