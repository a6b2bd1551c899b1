"""A line about a question that came without one."""

from typing import Any

from orchestrator.calls import Wait

LONGEST = 120
TELLING_KEYS = ("title", "question", "message", "description", "task")


def title_of(wait: Wait) -> str:
    """What the task is called in lists."""
    payload = wait.payload
    match wait.source:
        case "breakpoint":
            return f"Go on? Stopped {payload['interrupt']} {', '.join(payload['nodes']) or 'a subgraph'}"
        case "middleware":
            return "Review " + ", ".join(str(action.get("name")) for action in payload["action_requests"])
        case "tool_approval":
            return f"Review {payload.get('name')}"
        case "inbox":
            first = payload[0] if isinstance(payload, list) else payload
            return f"Review {first['action_request'].get('action', 'an action')}"
    return _of_payload(payload) or "A question"


def _of_payload(payload: Any) -> str:
    if isinstance(payload, str):
        return payload.strip().partition("\n")[0][:LONGEST]
    if isinstance(payload, dict):
        texts = (payload[key] for key in TELLING_KEYS if isinstance(payload.get(key), str))
        return next(texts, "")[:LONGEST]
    return ""
