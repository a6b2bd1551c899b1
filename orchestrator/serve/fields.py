"""A task's form as fields of an HTML form, and what was typed into them as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError

from orchestrator.complaints import told
from orchestrator.errors import Refused
from orchestrator.human import Action
from orchestrator.serve.body import strict_json
from orchestrator.wire import Task

Kind = Literal["text", "long", "number", "integer", "choice", "json"]
KINDS: dict[str, Kind] = {"string": "text", "number": "number", "integer": "integer"}
YES_OR_NO = (("true", "Yes"), ("false", "No"))
LONG_CHARACTERS = 120
WHOLE = ""
"""The one field of a form that is no object."""


@dataclass(frozen=True)
class Field:
    """One question of a form.

    Args:
        name: The property's; `WHOLE` if the form is no object.
        label: What people read.
        kind: How it is asked.
        required: Whether the schema says so.
        hint: Its description.
        choices: Of a `choice`: JSON, and what people read.
        value: What stands in it, as text.
        error: Why that does not fit.
    """

    name: str
    label: str
    kind: Kind
    required: bool = False
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    value: str = ""
    error: str = ""

    @property
    def key(self) -> str:
        """Its name in the HTML form, where other names mean other things."""
        return f"value.{self.name}"


def fields(task: Task, action: Action) -> list[Field]:
    """What is to be asked before this action on the task."""
    form = _form(task)
    if form is None:
        if action == "respond":
            return [Field(WHOLE, "Answer", "long", required=True)]
        return [Field(WHOLE, "Changed values, as JSON", "json", required=True)] if action == "edit" else []
    if action == "reject":
        return []
    properties = form.get("properties")
    if not isinstance(properties, dict):
        return [replace(_field(form, WHOLE, form, None), label="Answer", required=True)]
    required = form.get("required", [])
    shown = task.payload if action == "edit" and isinstance(task.payload, dict) else {}
    return [
        replace(_field(form, name, schema, shown.get(name)), required=name in required)
        for name, schema in properties.items()
    ]


def filled(asked: list[Field], given: Mapping[str, str]) -> list[Field]:
    """The fields with what was typed into them."""
    return [replace(field, value=given.get(field.key, "").replace("\r\n", "\n")) for field in asked]


def values(asked: list[Field]) -> Any:
    """What was typed, as JSON; None where nothing is asked. What is no number stays text, and the form refuses it."""
    if not asked:
        return None
    if asked[0].name == WHOLE:
        return _value(asked[0])
    return {field.name: _value(field) for field in asked if field.value.strip()}


def checked(task: Task, asked: list[Field], given: Any) -> list[Field]:
    """The fields, each with what is wrong with it.

    Raises:
        Refused: The form itself is no valid JSON Schema. *Not retryable.*
    """
    wrong: dict[str, str] = {field.name: "is needed" for field in asked if field.required and not field.value.strip()}
    wrong |= {field.name: "is no JSON" for field in asked if field.kind == "json" and not _is_json(field.value)}
    form = _form(task)
    if form is not None and asked:
        try:
            for error in Draft202012Validator(form).iter_errors(given):
                for name in _about(error, asked):
                    wrong.setdefault(name, told(error))
        except SchemaError as error:
            raise Refused(f"The task's form is no valid JSON Schema: {error.message}.") from error
    return [replace(field, error=wrong.get(field.name, "")) for field in asked]


def _form(task: Task) -> dict[str, Any] | None:
    """What values must fit. LangChain's is about whole decisions, of which the link's action says enough."""
    approval = isinstance(task.payload, dict) and task.payload.get("type") == "tool_approval"
    return None if approval else task.form


def _about(error: ValidationError, asked: list[Field]) -> list[str]:
    """The fields that an error is about: the one it names, those that are missing, or else the first."""
    names = [field.name for field in asked]
    if error.absolute_path and error.absolute_path[0] in names:
        return [str(error.absolute_path[0])]
    if error.validator == "required" and not error.absolute_path and isinstance(error.instance, dict):
        required: Any = error.validator_value
        return [name for name in required if name in names and name not in error.instance]
    return names[:1]


def _field(form: dict[str, Any], name: str, schema: Any, shown: Any) -> Field:
    schema = _resolved(form, schema)
    label = str(schema.get("title") or name.replace("_", " ").capitalize())
    default = schema.get("default") if shown is None else shown
    choices = _choices(schema)
    kind: Kind = "choice" if choices else KINDS.get(str(schema.get("type")), "json")
    if kind == "text" and int(schema.get("maxLength") or 0) > LONG_CHARACTERS:
        kind = "long"
    text = isinstance(default, str) and kind in ("text", "long")
    value = "" if default is None else str(default) if text else json.dumps(default, ensure_ascii=False)
    return Field(name, label, kind, hint=str(schema.get("description") or ""), choices=choices, value=value)


def _choices(schema: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    if schema.get("type") == "boolean":
        return YES_OR_NO
    listed = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return tuple((json.dumps(one), one if isinstance(one, str) else json.dumps(one)) for one in listed)


def _resolved(form: dict[str, Any], schema: Any) -> dict[str, Any]:
    """A property's schema with its reference followed, and without its alternative of null."""
    found: dict[str, Any] = schema if isinstance(schema, dict) else {}
    others = [one for one in found.get("anyOf", ()) if isinstance(one, dict) and one.get("type") != "null"]
    if len(others) == 1:
        found = {**others[0], **{key: value for key, value in found.items() if key != "anyOf"}}
    name = str(found.get("$ref", "")).removeprefix("#/$defs/")
    target = form.get("$defs", {}).get(name)
    return {**target, **found} if isinstance(target, dict) else found


def _value(field: Field) -> Any:
    if field.kind in ("text", "long"):
        return field.value
    return strict_json(field.value) if _is_json(field.value) else field.value


def _is_json(text: str) -> bool:
    try:
        strict_json(text)
    except ValueError:
        return not text.strip()
    return True
