"""The decisions of LangChain's `HumanInTheLoopMiddleware` and of its predecessor agent-inbox, in their own shapes.

The middleware raises inside the node on what it cannot use, after the answer was consumed; so all of that is refused
here, where the human can still mend it.
"""

from typing import Any

from orchestrator.calls import Wait
from orchestrator.errors import Refused
from orchestrator.wire import Decision


def batched(decision: Decision, wait: Wait) -> dict[str, Any]:
    """The answer to one interrupt about several tool calls: a list in `values`, or the same decision for each.

    Raises:
        Refused: The list has another length, or a decision is not allowed for its action.
    """
    requests = wait.payload["action_requests"]
    configs = {config["action_name"]: config for config in wait.payload.get("review_configs", [])}
    decisions = decision.values if isinstance(decision.values, list) else [single(decision)] * len(requests)
    if len(decisions) != len(requests):
        raise Refused(f"{len(requests)} actions need {len(requests)} decisions, not {len(decisions)}.")
    for request, one in zip(requests, decisions, strict=True):
        allowed = configs.get(request["name"], {}).get("allowed_decisions")
        _check(request["name"], one, allowed)
    return {"decisions": decisions}


def single(decision: Decision) -> dict[str, Any]:
    """The answer to an interrupt about one tool call; a LangChain decision in `values` goes through as it is."""
    if isinstance(decision.values, dict) and "type" in decision.values:
        return decision.values
    match decision.action:
        case "approve":
            return {"type": "approve"}
        case "reject":
            return {"type": "reject", "message": decision.comment} if decision.comment else {"type": "reject"}
        case "edit":
            return {"type": "edit", "edited_action": decision.values}
        case "respond":
            return {"type": "respond", "message": decision.values}


def inbox(decision: Decision) -> list[dict[str, Any]]:
    """agent-inbox's HumanResponse."""
    kinds = {"approve": "accept", "reject": "ignore", "edit": "edit", "respond": "response"}
    return [{"type": kinds[decision.action], "args": decision.values}]


def _check(action: str, decision: Any, allowed: list[str] | None) -> None:
    kind = decision.get("type") if isinstance(decision, dict) else None
    known = allowed or ["approve", "edit", "reject", "respond"]
    if kind not in known:
        raise Refused(f"{action}: a decision of type {kind!r} is not allowed; allowed are {', '.join(known)}.")
    edited = decision.get("edited_action")
    if kind == "edit" and not (isinstance(edited, dict) and {"name", "args"} <= edited.keys()):
        raise Refused(f"{action}: an edit needs values with name and args, not {edited!r}.")
    if kind == "respond" and not isinstance(decision.get("message"), str):
        raise Refused(f"{action}: a response needs a text in values.")
