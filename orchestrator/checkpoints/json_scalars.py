"""Scalars that databases keep as JSON, of which they know fewer than Python."""

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character: no encoding has it."""


def fits_json(value: Any) -> bool:
    """Whether a scalar is one that PostgreSQL's JSON has, and SQLite's: neither NaN nor NUL."""
    if isinstance(value, str):
        return "\0" not in value and (value.isascii() or not SURROGATE.search(value))
    return not isinstance(value, float) or isfinite(value)


def fitting(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """A checkpoint's metadata, without what does not fit: LangGraph puts there what a graph is configured with."""
    return {key: value for key, value in metadata.items() if fits_json(value)}
