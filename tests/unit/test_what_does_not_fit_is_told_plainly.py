from typing import Any

import pytest
from jsonschema import Draft202012Validator

from orchestrator.complaints import told

LEFT_OUT = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}
PERSON = {"anyOf": [{"type": "object", "properties": {"age": {"type": "integer"}}}, {"type": "null"}]}
WRONG: dict[str, tuple[dict[str, Any], Any, str]] = {
    "a text for a number": ({"type": "number"}, "abc", "'abc' must be a number"),
    "too small": ({"exclusiveMinimum": 0}, -3, "-3 must be more than 0"),
    "neither a number nor left out": (LEFT_OUT, "abc", "'abc' must be a whole number or empty"),
    "too small, where it may be left out": (LEFT_OUT, 0, "0 must be at least 1"),
    "a wrong field of what may be left out": (PERSON, {"age": "old"}, "age: 'old' must be a whole number"),
}


@pytest.mark.parametrize(("form", "value", "words"), WRONG.values(), ids=WRONG)
def test_of(form: dict[str, Any], value: Any, words: str) -> None:
    (error,) = Draft202012Validator(form).iter_errors(value)
    assert told(error) == words
