"""What does not fit a form, in the words of whoever fills it in."""

from typing import Any

from jsonschema.exceptions import ValidationError

KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
    "boolean": "yes or no",
    "array": "a list",
    "object": "an object",
    "null": "empty",
}
"""What JSON Schema's types are called."""
WORDS = {
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "minItems": "must have at least {} items",
    "maxItems": "must have at most {} items",
}
"""By the keyword that is not met; `{}` is its value."""
SHOWN = 60
"""Characters of a value."""


def told(error: ValidationError) -> str:
    """Why a value does not fit its place."""
    keyword, wanted = str(error.validator), error.validator_value
    value = f"{error.instance!r}"
    value = value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
    if keyword == "type":
        return f"{value} must be {kinds(wanted)}"
    if keyword in ("minLength", "minItems") and wanted == 1:
        return f"{value} must not be empty"
    if keyword in WORDS:
        return f"{value} {WORDS[keyword].format(wanted)}"
    return error.message


def kinds(wanted: Any) -> str:
    """What a value of one of these types is."""
    types = wanted if isinstance(wanted, list) else [wanted]
    return " or ".join(KINDS.get(str(one), str(one)) for one in types)
