"""The two bases of everything that crosses a process boundary."""

from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, ValidationError, model_serializer

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

PLAIN = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field",
    "literal_error": "must be {expected}",
    "time_delta_parsing": "is no duration; write it as PT6H, P1D or PT90S",
    "time_delta_type": "is no duration; write it as PT6H, P1D or PT90S",
    "datetime_parsing": "is no time; write it as 2026-01-31T09:00:00+01:00",
    "datetime_from_date_parsing": "is no time; write it as 2026-01-31T09:00:00+01:00",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be a text",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_long": "must have at most {max_length} items",
}
"""What pydantic's kinds of errors mean to somebody who knows the field and not pydantic."""


TAG = "kind"


class Wire(BaseModel):
    """What people send in: an unknown field is refused, because a misspelt one would be lost without a word."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_timedelta="iso8601")


class Record(BaseModel):
    """What the engine writes: an older worker reads a newer one's and ignores the rest."""

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_timedelta="iso8601")


class Lean(Record):
    """What a history keeps: it leaves out what is as it is by default, but for the tag that tells kinds apart."""

    @model_serializer(mode="wrap")
    def _without_defaults(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        defaults = _defaults(type(self))
        return {
            name: value
            for name, value in handler(self).items()
            if name == TAG or name not in defaults or not _same(getattr(self, name), defaults[name])
        }


@cache
def _defaults(kind: type[BaseModel]) -> dict[str, Any]:
    """Of a model's fields. (Kept, because pydantic looks at a factory's signature each time that it is called.)"""
    return {
        name: field.get_default(call_default_factory=True, validated_data={})
        for name, field in kind.model_fields.items()
        if not field.is_required()
    }


def _same(value: Any, default: Any) -> bool:
    return value is None if default is None else bool(value == default)


def reasons(error: ValidationError) -> str:
    """Each failing field with its reason, in one line."""
    items = error.errors(include_url=False, include_context=False, include_input=False)
    found = ((".".join(map(str, item["loc"])), item["msg"].removeprefix("Value error, ")) for item in items)
    return "; ".join(f"{where}: {message}" if where else message for where, message in found)


def plain(item: "ErrorDetails") -> str:
    """What is wrong with one field, for people who have typed it."""
    context = item.get("ctx", {})
    if item["type"] == "string_too_short" and context.get("min_length") == 1:
        return "must not be empty"
    known = PLAIN.get(item["type"])
    return known.format(**context) if known else item["msg"].removeprefix("Value error, ")
