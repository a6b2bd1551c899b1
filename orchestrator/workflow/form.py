"""A decision against the form of its task, and the shape in which it goes back into the graph."""

from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from orchestrator.errors import Refused
from orchestrator.wire import Decision, Wait

NEEDS_VALUES = ("edit", "respond")


def check(decision: Decision, form: dict[str, Any] | None, source: str) -> None:
    """Refuse what the form does not allow.

    Raises:
        Refused: Values are missing or do not fit; the message names each field.
    """
    if decision.values is None and (decision.action in NEEDS_VALUES or (source == "schema")):
        raise Refused(f"A decision to {decision.action} needs values{'' if form is None else ' that fit the form'}.")
    if decision.values is None and form is not None and decision.action == "approve" and _required(form):
        raise Refused(f"The form asks for {', '.join(_required(form))}; give them in values.")
    if decision.values is None or form is None:
        return
    try:
        errors = sorted(Draft202012Validator(form).iter_errors(decision.values), key=lambda error: error.json_path)
    except SchemaError as error:
        raise Refused(f"The task's form is no valid JSON Schema: {error.message}.") from error
    if errors:
        found = "; ".join(f"{error.json_path.removeprefix('$.')}: {error.message}" for error in errors)
        raise Refused(f"The values do not fit the form: {found}.")


def resume_value(decision: Decision, wait: Wait | None) -> Any:
    """What the graph receives: its shape depends on how the graph asked."""
    source = wait.source if wait is not None else "ask"
    if source == "ask":
        return {
            "action": decision.action,
            "values": decision.values,
            "by": decision.by,
            "comment": decision.comment,
        }
    if source == "middleware":
        return {"decisions": _middleware(decision, len((wait.payload if wait else {})["action_requests"]))}
    if source == "inbox":
        return [_inbox(decision)]
    if decision.values is not None:
        return decision.values
    return decision.action == "approve"


def _required(form: dict[str, Any]) -> list[str]:
    required = form.get("required", [])
    return [str(name) for name in required] if isinstance(required, list) else []


def _middleware(decision: Decision, actions: int) -> list[Any]:
    """LangChain's decisions: a list in `values` goes through as it is, else the same decision for each action."""
    if isinstance(decision.values, list):
        return decision.values
    one: dict[str, Any]
    match decision.action:
        case "approve":
            one = {"type": "approve"}
        case "reject":
            one = {"type": "reject", "message": decision.comment or "Rejected."}
        case "edit":
            one = {"type": "edit", "edited_action": decision.values}
        case "respond":
            one = {"type": "respond", "message": decision.values}
    return [one] * actions


def _inbox(decision: Decision) -> dict[str, Any]:
    """agent-inbox's HumanResponse."""
    kinds = {"approve": "accept", "reject": "ignore", "edit": "edit", "respond": "response"}
    return {"type": kinds[decision.action], "args": decision.values}
