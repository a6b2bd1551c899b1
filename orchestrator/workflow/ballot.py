"""How many have decided, and what their decisions come to."""

from dataclasses import dataclass
from typing import Any

from orchestrator.human import Quorum
from orchestrator.wire import Decision

CONSENTING = ("approve", "edit", "respond")


@dataclass(frozen=True)
class Count:
    """Where a task's decisions stand."""

    remaining: int
    """How many more must approve; 0 once it is settled."""
    approved: bool = False
    rejected: bool = False


def quorum_of(given: int | Quorum | None) -> Quorum:
    """The quorum in full: a number means that many approvals, and everybody's veto."""
    return given if isinstance(given, Quorum) else Quorum(approvals=given or 1)


def standing(decisions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The decisions that count: who approved before somebody edited has not seen what is decided on now."""
    edited = max((index for index, one in enumerate(decisions) if one["action"] == "edit"), default=0)
    return [one for index, one in enumerate(decisions) if index >= edited or one["action"] == "reject"]


def count(quorum: Quorum, decisions: list[dict[str, Any]]) -> Count:
    """What the decisions so far come to."""
    valid = standing(decisions)
    against = [one for one in valid if one["action"] == "reject"]
    missing = quorum.approvals - sum(one["action"] in CONSENTING for one in valid)
    if any(_vetoes(quorum, one["by"]) for one in against):
        return Count(0, rejected=True)
    if quorum.of is not None and len(against) > quorum.of - quorum.approvals:
        return Count(0, rejected=True)
    return Count(max(missing, 0), approved=missing <= 0)


def settled(decision: Decision, decisions: list[dict[str, Any]]) -> Decision:
    """What the graph receives once the last decision was made: that one, with the values that somebody put forward."""
    proposals = [one for one in standing(decisions) if one["action"] == "edit"]
    if decision.action == "reject" or decision.values is not None or decision.values_ref is not None or not proposals:
        return decision
    proposed = proposals[-1]
    return decision.model_copy(
        update={"action": "edit", "values": proposed["values"], "values_ref": proposed.get("values_ref")}
    )


def _vetoes(quorum: Quorum, by: str) -> bool:
    return quorum.veto if isinstance(quorum.veto, bool) else by in quorum.veto
