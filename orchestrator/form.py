"""A decision against the form of its task, and the shape in which it goes back into the graph."""

from datetime import date, datetime, time, timedelta
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError
from pydantic import AnyUrl, TypeAdapter

from orchestrator import middleware
from orchestrator.calls import Wait
from orchestrator.complaints import told
from orchestrator.errors import Refused
from orchestrator.wire import Decision

NEEDS_VALUES = ("edit", "respond")

FORMATS = FormatChecker(formats=("email", "ipv4", "ipv6", "regex", "uuid"))
"""What a form's `format` is held to: jsonschema's own checks that need nothing installed, and pydantic's types, which
is what a form made of a model is read back into."""


def _held_to(name: str, kind: Any) -> None:
    adapter = TypeAdapter[Any](kind)
    FORMATS.checks(name, raises=ValueError)(
        lambda value: not isinstance(value, str) or adapter.validate_python(value) is not None
    )


for _name, _kind in (("date", date), ("time", time), ("date-time", datetime), ("duration", timedelta), ("uri", AnyUrl)):
    _held_to(_name, _kind)


def check(decision: Decision, form: dict[str, Any] | None, wait: Wait | None, *, agreeing: bool = False) -> None:
    """Refuse what the form does not allow, or what could not go back into the graph.

    Args:
        decision: The decision.
        form: The task's form.
        wait: What the task answers; None of a workflow's own.
        agreeing: Somebody else has put values forward, and approving without any agrees to them.

    Raises:
        Refused: Values are missing or do not fit; the message names each field.
    """
    source = wait.source if wait is not None else "ask"
    if source in ("middleware", "tool_approval"):
        value = resume_value(decision, wait)
        if form is not None:
            _fits(value, form)
        return
    if decision.values is None:
        if decision.action in NEEDS_VALUES or source == "schema":
            raise Refused(f"A decision to {decision.action} needs values{' that fit the form' if form else ''}.")
        if form is not None and decision.action == "approve" and _required(form) and not agreeing:
            raise Refused(f"The form asks for {', '.join(_required(form))}; give them in values.")
    elif form is not None:
        _fits(decision.values, form)


def resume_value(decision: Decision, wait: Wait | None) -> Any:
    """What the graph receives: its shape depends on how the graph asked.

    Raises:
        Refused: LangChain's middleware could not use the decision.
    """
    if wait is None or wait.source == "ask":
        return decision.model_dump(include={"action", "values", "by", "comment"})
    match wait.source:
        case "middleware":
            return middleware.batched(decision, wait)
        case "tool_approval":
            return middleware.single(decision)
        case "inbox":
            return middleware.inbox(decision)
    return decision.action == "approve" if decision.values is None else decision.values


def unsound(form: dict[str, Any] | None) -> str | None:
    """Why a form is no JSON Schema, in one line; None if it is one."""
    if form is None:
        return None
    try:
        Draft202012Validator.check_schema(form)
    except SchemaError as error:
        return f"{error.json_path.removeprefix('$.')}: {error.message}".partition("\n")[0]
    return None


def _fits(value: Any, form: dict[str, Any]) -> None:
    validator = Draft202012Validator(form, format_checker=FORMATS)
    try:
        errors = sorted(validator.iter_errors(value), key=lambda error: error.json_path)
    except Exception as error:  # a $ref to nowhere, a number too large for multipleOf: nothing may wedge the workflow
        raise Refused(f"The task's form cannot be applied to these values: {error}.") from error
    if errors:
        found = "; ".join(f"{error.json_path.removeprefix('$.')}: {told(error)}" for error in errors)
        raise Refused(f"The values do not fit the form: {found}.")


def _required(form: dict[str, Any]) -> list[str]:
    required = form.get("required", [])
    return [str(name) for name in required] if isinstance(required, list) else []
