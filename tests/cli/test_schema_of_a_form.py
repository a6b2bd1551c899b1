"""What a line at the prompt stands for, by the JSON Schema of its field."""

from typing import Any

import pytest

from orchestrator.cli.schema import Field, Wrong, whole
from orchestrator.errors import Refused

READ: dict[str, tuple[dict[str, Any], str, Any]] = {
    "a text": ({"type": "string"}, "12", "12"),
    "a whole number": ({"type": "integer"}, "-12", -12),
    "a number": ({"type": "number"}, "1.5", 1.5),
    "a number that is whole": ({"type": "number"}, "2", 2),
    "yes": ({"type": "boolean"}, "Y", True),
    "no": ({"type": "boolean"}, "false", False),
    "one of several texts": ({"enum": ["a", "b"]}, "b", "b"),
    "one of several values": ({"enum": [1, True, None]}, "1", 1),
    "a constant": ({"const": "only"}, "only", "only"),
    "a date": ({"type": "string", "format": "date"}, "2026-02-28", "2026-02-28"),
    "null": ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "null", None),
    "what may be null": ({"type": ["integer", "null"]}, "3", 3),
    "the first alternative that fits": ({"anyOf": [{"type": "number"}, {"type": "string"}]}, "3", 3),
    "the next one": ({"anyOf": [{"type": "number"}, {"type": "string"}]}, "three", "three"),
    "several types": ({"type": ["integer", "string"]}, "x", "x"),
    "a reference": ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "integer"}}}, "3", 3),
    "a reference in one alternative": (
        {"anyOf": [{"$ref": "#/$defs/Age"}, {"type": "null"}], "$defs": {"Age": {"type": "integer"}}},
        "3",
        3,
    ),
}


@pytest.mark.parametrize(("form", "text", "value"), READ.values(), ids=READ)
def test_a_line_is_read_as_what_fits(form: dict[str, Any], text: str, value: Any) -> None:
    field = whole(form)
    assert field.kind == "line"
    read = field.read(text)
    assert (read, type(read)) == (value, type(value))


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "no number": ({"type": "integer"}, "many", "'many' must be a whole number"),
    "a fraction": ({"type": "integer"}, "1.5", "1.5 must be a whole number"),
    "no finite number": ({"type": "number"}, "nan", "'nan' must be a number"),
    "too large": ({"type": "integer", "maximum": 3}, "4", "4 must be at most 3"),
    "too short": ({"type": "string", "minLength": 2}, "x", "'x' must have at least 2 characters"),
    "none of the choices": ({"enum": ["a", "b"]}, "c", "'c' is none of: a | b"),
    "neither yes nor no": ({"type": "boolean"}, "perhaps", "'perhaps' is none of: yes | no"),
    "no date": ({"type": "string", "format": "date"}, "2026-02-30", "'2026-02-30' is not a 'date'"),
    "no time zone": ({"type": "string", "format": "date-time"}, "2026-02-28T10:00:00", "is not a 'date-time'"),
}


@pytest.mark.parametrize(("form", "text", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_line_that_does_not_fit_is_refused_with_the_reason(form: dict[str, Any], text: str, reason: str) -> None:
    with pytest.raises(Wrong) as wrong:
        whole(form).read(text)
    assert reason in str(wrong.value)


KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "an object": ({"type": "object", "properties": {"a": {}}}, "object"),
    "an optional object": ({"anyOf": [{"type": "object", "properties": {}}, {"type": "null"}]}, "object"),
    "a list of scalars": ({"type": "array", "items": {"enum": ["a", "b"]}}, "list"),
    "a list of objects": ({"type": "array", "items": {"type": "object", "properties": {}}}, "json"),
    "a pair": ({"type": "array", "prefixItems": [{"type": "integer"}], "items": {"type": "string"}}, "json"),
    "any object": ({"type": "object"}, "json"),
    "anything": ({}, "json"),
    "one of two objects": ({"oneOf": [{"type": "object"}, {"type": "string"}]}, "json"),
    "a reference to itself": ({"$ref": "#"}, "json"),
    "a reference to nothing": ({"$ref": "#/$defs/Gone"}, "json"),
}


@pytest.mark.parametrize(("form", "kind"), KINDS.values(), ids=KINDS)
def test_each_shape_is_asked_in_its_own_way(form: dict[str, Any], kind: str) -> None:
    assert Field(form, form).kind == kind


def test_a_form_that_is_no_schema_is_refused() -> None:
    with pytest.raises(Refused, match="no valid JSON Schema: 'strin' is not valid"):
        whole({"type": "strin"})


def test_a_form_that_refers_to_nothing_is_refused() -> None:
    with pytest.raises(Refused, match="refers to what it does not hold"):
        whole({"$ref": "#/$defs/Gone"}).complaint(1)
