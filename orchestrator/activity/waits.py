"""From a pending LangGraph interrupt to what the workflow waits for."""

from typing import Any

from langgraph.types import Interrupt
from pydantic_core import to_jsonable_python

from orchestrator.calls import Location, Source, Wait
from orchestrator.errors import Unserialisable
from orchestrator.requests import unpack


def wait_of(interrupt: Interrupt[Any], location: Location | None) -> Wait:
    """One of ours as its request, anybody else's as a human task with its value as payload.

    Raises:
        Unserialisable: The value cannot be shown as JSON. *Not retryable.*
    """
    request = unpack(interrupt.value)
    if request is not None:
        return Wait(
            interrupt_id=interrupt.id,
            kind=request.kind,
            source="ask",
            request=request,
            payload=getattr(request, "payload", None),
            form=getattr(request, "form", None),
            location=location,
        )
    payload = as_json(interrupt.value)
    schema = interrupt.response_schema
    if isinstance(schema, dict):
        asked: Source = "tool_approval" if _is_tool_approval(payload) else "schema"
        return Wait(interrupt_id=interrupt.id, source=asked, payload=payload, form=schema, location=location)
    source: Source = "middleware" if _is_middleware(payload) else "inbox" if _is_inbox(payload) else "interrupt"
    return Wait(interrupt_id=interrupt.id, source=source, payload=payload, location=location)


def head_of(wait: Wait) -> Any:
    """What a payload that is kept elsewhere leaves behind: what the workflow needs to name the task and to check its
    answers."""
    payload = wait.payload
    match wait.source:
        case "middleware":
            names = [{"name": action.get("name")} for action in payload["action_requests"]]
            return {"action_requests": names, "review_configs": payload.get("review_configs", [])}
        case "tool_approval":
            return {"type": payload["type"], "name": payload.get("name")}
        case "inbox":
            first = payload[0] if isinstance(payload, list) else payload
            return {"action_request": {"action": first["action_request"].get("action")}, "config": first["config"]}
    return None


def as_json(value: Any) -> Any:
    """A value as JSON: pydantic models and messages as they dump themselves.

    Raises:
        Unserialisable: It has a part that JSON cannot show. *Not retryable.*
    """
    try:
        return to_jsonable_python(value, serialize_unknown=False)
    except ValueError as error:
        raise Unserialisable(f"A value that leaves the graph cannot be shown as JSON: {error}") from error


def _is_middleware(payload: Any) -> bool:
    """LangChain's HumanInTheLoopMiddleware: `{"action_requests": [...], "review_configs": [...]}`."""
    return isinstance(payload, dict) and isinstance(payload.get("action_requests"), list)


def _is_tool_approval(payload: Any) -> bool:
    """The same middleware with one interrupt per tool call."""
    return isinstance(payload, dict) and payload.get("type") == "tool_approval"


def _is_inbox(payload: Any) -> bool:
    """agent-inbox's HumanInterrupt, alone or as a list of one."""
    first = payload[0] if isinstance(payload, list) and payload else payload
    return isinstance(first, dict) and isinstance(first.get("action_request"), dict) and "config" in first
