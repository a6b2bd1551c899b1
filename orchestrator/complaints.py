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
    if keyword == "anyOf" and error.context:
        return _of_several(value, error.context)
    if keyword in ("minLength", "minItems") and wanted == 1:
        return f"{value} must not be empty"
    if keyword in WORDS:
        return f"{value} {WORDS[keyword].format(wanted)}"
    return error.message


def _of_several(value: str, errors: list[ValidationError]) -> str:
    """Why it is none of several kinds: for a number that may be left out, why it is not that number."""
    other = [error for error in errors if error.validator != "type" or error.relative_path]
    if not other:
        types = (error.validator_value for error in errors)
        return f"{value} must be {' or '.join(map(kinds, types))}"
    where = ".".join(map(str, other[0].relative_path))
    return f"{where}: {told(other[0])}" if where else told(other[0])


def kinds(wanted: Any) -> str:
    """What a value of one of these types is."""
    types = wanted if isinstance(wanted, list) else [wanted]
    return " or ".join(KINDS.get(str(one), str(one)) for one in types)
