"""How many have decided, and what their decisions come to."""

from dataclasses import dataclass
from typing import Any

from orchestrator.human import Quorum
from orchestrator.wire import Decision, Ref

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
    """The decisions that count. Who approved before somebody put forward other values has not seen what is decided on
    now; a rejection stands whatever the values."""
    first = _proposal(decisions)[0]
    return [one for index, one in enumerate(decisions) if index >= first or one["action"] == "reject"]


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
    """What the graph receives once the last decision was made: that one, with the values that were put forward."""
    _, proposal = _proposal(decisions)
    if decision.action == "reject" or proposal is None or _values(decision.model_dump(mode="json")) is not None:
        return decision
    by_reference = proposal.get("values_ref")
    return decision.model_copy(
        update={
            "action": "edit" if proposal["action"] == "edit" else decision.action,
            "values": proposal["values"],
            "values_ref": Ref.model_validate(by_reference) if by_reference else None,
        }
    )


def proposed(decisions: list[dict[str, Any]]) -> bool:
    """Whether somebody has put values forward."""
    return _proposal(decisions)[1] is not None


def _proposal(decisions: list[dict[str, Any]]) -> tuple[int, dict[str, Any] | None]:
    """The values that are decided on, as the first decision that put them forward, and its place; if nobody has, the
    first place and None."""
    place, proposal = 0, None
    for index, one in enumerate(decisions):
        if one["action"] not in CONSENTING or (values := _values(one)) is None:
            continue
        if proposal is None or values != _values(proposal):
            place, proposal = index, one
    return place, proposal


def _values(decision: dict[str, Any]) -> Any:
    return decision["values"] if decision.get("values_ref") is None else decision["values_ref"]


def _vetoes(quorum: Quorum, by: str) -> bool:
    return quorum.veto if isinstance(quorum.veto, bool) else by in quorum.veto
