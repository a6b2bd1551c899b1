"""A form's JSON Schema as what can be asked at a prompt: one field after the other, each answer a line of text."""

import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError
from referencing.exceptions import Unresolvable

from orchestrator.complaints import kinds, told
from orchestrator.errors import Refused

Kind = Literal["object", "list", "line", "json"]
"""How it is asked: field by field, item by item, as one line, or as JSON."""

SCALARS = ("string", "integer", "number", "boolean")
TRUTH = {"y": True, "yes": True, "true": True, "n": False, "no": False, "false": False}
EXAMPLES = {"date": "2026-01-31", "date-time": "2026-01-31T09:00:00Z", "time": "09:00:00"}
DEEPEST_REFERENCE = 50
FORMATS = FormatChecker()


@FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


class Wrong(Exception):
    """An answer that does not fit; the message says why."""


@dataclass(frozen=True)
class Field:
    """One place of a form.

    Args:
        form: The whole schema, for its references.
        raw: The schema of this place, as it is written.
        path: Where it is: `applicant.name`; empty for the whole.
        required: Whether it may not be left out.
    """

    form: dict[str, Any]
    raw: Any
    path: str = ""
    required: bool = True

    @property
    def schema(self) -> dict[str, Any]:
        """The schema with its references followed, and without its alternative of null."""
        return _followed(self.raw, self.form)[0]

    @property
    def nullable(self) -> bool:
        """Whether null fits."""
        return _followed(self.raw, self.form)[1]

    @property
    def kind(self) -> Kind:
        """How it is asked."""
        schema = self.schema
        if _is_scalar(schema, self.form):
            return "line"
        if isinstance(schema.get("properties"), dict):
            return "object"
        items = schema.get("items")
        if schema.get("type") == "array" and "prefixItems" not in schema and isinstance(items, dict):
            return "list" if _is_scalar(_followed(items, self.form)[0], self.form) else "json"
        return "json"

    @property
    def fields(self) -> "list[Field]":
        """Those of an object."""
        required = self.schema.get("required", [])
        return [
            Field(self.form, schema, f"{self.path}.{name}".lstrip("."), required=name in required)
            for name, schema in self.schema["properties"].items()
        ]

    def item(self, number: int) -> "Field":
        """One item of a list, counted from 1."""
        return Field(self.form, self.schema["items"], f"{self.path} {number}".lstrip(), required=False)

    @property
    def name(self) -> str:
        """Its own name within its object."""
        return self.path.rpartition(".")[2]

    @property
    def hint(self) -> str:
        """What may be answered."""
        schema = self.schema
        choices = _choices(schema)
        what = " | ".join(map(shown, choices)) if choices else _type(schema, self.kind)
        return what if self.required else f"{what}, optional"

    def read(self, text: str) -> Any:
        """The value that a line stands for.

        Raises:
            Wrong: It does not fit.
        """
        if self.nullable and text == "null":
            return None
        reasons = []
        for value in _candidates(text, self.schema, self.form):
            reason = self.complaint(value)
            if reason is None:
                return value
            reasons.append(reason)
        if reasons:
            raise Wrong(reasons[-1])
        kind = self.schema.get("type")
        if kind in ("integer", "number") and not _choices(self.schema):
            raise Wrong(f"{text!r} must be {kinds(kind)}")
        raise Wrong(f"{text!r} is none of: {self.hint.removesuffix(', optional')}")

    def complaint(self, value: Any) -> str | None:
        """Why a value does not fit; None if it does.

        Raises:
            Refused: The form itself makes no sense. *Not retryable.*
        """
        try:
            validator = Draft202012Validator(self.form, format_checker=FORMATS).evolve(schema=self.raw)
            errors = sorted(validator.iter_errors(value), key=lambda error: error.json_path)
        except Unresolvable as error:
            raise Refused(f"The task's form refers to what it does not hold: {error}.") from error
        found = (f"{error.json_path.removeprefix('$').lstrip('.')}: {told(error)}".lstrip(": ") for error in errors)
        return "; ".join(found) or None


def whole(form: dict[str, Any]) -> Field:
    """A form as one field.

    Raises:
        Refused: It is no JSON Schema. *Not retryable.*
    """
    try:
        Draft202012Validator.check_schema(form)
    except SchemaError as error:
        raise Refused(f"The task's form is no valid JSON Schema: {error.message}.") from error
    return Field(form, form)


def shown(value: Any) -> str:
    """A scalar as it is typed."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "null" if value is None else str(value)


def _followed(schema: Any, form: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    nullable = False
    for _ in range(DEEPEST_REFERENCE):
        if not isinstance(schema, dict):
            return {}, nullable
        if "$ref" in schema:
            schema = _merged(schema, "$ref", _target(str(schema["$ref"]), form))
            continue
        for word in ("anyOf", "oneOf", "allOf"):
            options = schema.get(word)
            if not isinstance(options, list):
                continue
            others = [one for one in options if not (isinstance(one, dict) and one.get("type") == "null")]
            nullable = nullable or len(others) < len(options)
            if len(others) == 1:
                schema = _merged(schema, word, others[0])
                break
        else:
            break
    types = schema.get("type")
    if isinstance(types, list):
        nullable = nullable or "null" in types
        others = [one for one in types if one != "null"]
        schema = {**schema, "type": others[0]} if len(others) == 1 else schema
    return schema, nullable


def _merged(schema: dict[str, Any], without: str, target: Any) -> dict[str, Any]:
    rest = {key: value for key, value in schema.items() if key != without}
    return {**target, **rest} if isinstance(target, dict) else rest


def _target(reference: str, form: dict[str, Any]) -> Any:
    found: Any = form
    if reference != "#" and not reference.startswith("#/"):
        return {}
    for part in reference.removeprefix("#").split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _alternatives(schema: dict[str, Any], form: dict[str, Any]) -> list[dict[str, Any]]:
    types = schema.get("type")
    if isinstance(types, list):
        return [{**schema, "type": one} for one in types if one != "null"]
    options = schema.get("anyOf") or schema.get("oneOf") or []
    return [_followed(one, form)[0] for one in options if not (isinstance(one, dict) and one.get("type") == "null")]


def _is_scalar(schema: dict[str, Any], form: dict[str, Any]) -> bool:
    if schema.get("type") in SCALARS or _choices(schema):
        return True
    alternatives = _alternatives(schema, form)
    return bool(alternatives) and all(one.get("type") in SCALARS or _choices(one) for one in alternatives)


def _choices(schema: dict[str, Any]) -> list[Any]:
    listed = schema.get("enum", [schema["const"]] if "const" in schema else [])
    scalars = isinstance(listed, list) and not any(isinstance(one, dict | list) for one in listed)
    return [one for one in listed if one is not None] if scalars else []


def _type(schema: dict[str, Any], kind: Kind) -> str:
    if kind in ("json", "object"):
        return "JSON"
    if kind == "list":
        return "one at a time; an empty line ends them"
    if schema.get("type") == "boolean":
        return "yes | no"
    form = schema.get("format")
    if form in EXAMPLES:
        return f"{form}, as {EXAMPLES[form]}"
    types = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type")
    if isinstance(types, list):
        return str(form or " or ".join(map(str, types)))
    return " or ".join(dict.fromkeys(_type(one, "line") for one in _alternatives(schema, {})))


def _candidates(text: str, schema: dict[str, Any], form: dict[str, Any]) -> Iterator[Any]:
    choices = _choices(schema)
    if choices:
        yield from (one for one in choices if text in (shown(one), str(one)))
        return
    match schema.get("type"):
        case "boolean":
            if text.lower() in TRUTH:
                yield TRUTH[text.lower()]
        case "integer" | "number":
            yield from _numbers(text)
        case "string":
            yield text
        case _:
            for one in _alternatives(schema, form):
                yield from _candidates(text, one, form)


def _numbers(text: str) -> Iterator[int | float]:
    with suppress(ValueError):
        yield int(text)
        return
    with suppress(ValueError):
        number = float(text)
        if math.isfinite(number):
            yield number
