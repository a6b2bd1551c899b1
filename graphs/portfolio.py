"""A day's mortgage decisions side by side: rates, reasons, and what about them is off."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from pydantic import Field

from graphs.application import LoanApplication, LoanDecision, Model

ENOUGH = 5
"""Decisions in a group and beside it, below which a rate says nothing."""
FOUR_FIFTHS = 0.8
"""A group's approval rate below this part of the others' is looked into (the rule of US regulators)."""
UNUSUAL = 0.25
"""How far a day's approval rate may be from that of the days before."""
DAYS = 30
"""Whose rates are remembered."""


class Case(Model):
    """An application that was closed."""

    workflow_id: str
    application: LoanApplication
    decision: LoanDecision | None = None
    """None: the workflow failed, or somebody ended it."""

    @property
    def approved(self) -> bool:
        """Whether the loan was."""
        return self.decision is not None and self.decision.outcome == "approved"


class Decisions(Protocol):
    """Where decisions are found."""

    async def between(self, since: datetime, until: datetime) -> list[Case]:
        """The cases closed from `since` on and before `until`."""
        ...


class Rate(Model):
    """The approval rate of a group."""

    group: str
    decided: int
    approved: int

    @property
    def share(self) -> float:
        """Approved of decided."""
        return self.approved / self.decided if self.decided else 0.0


class Figures(Model):
    """What a day came to."""

    decided: int = 0
    approved: int = 0
    rates: list[Rate] = Field(default_factory=list)
    reasons: dict[str, int] = Field(default_factory=dict)
    """Why loans were denied, the most frequent first."""
    exceptions: list[str] = Field(default_factory=list)
    """What is off; empty: nobody has to look."""


class Remark(Model):
    """The form of whoever looks into it."""

    remark: str = Field(min_length=1)


GROUPS: dict[str, Callable[[Case], bool]] = {
    "self-employed": lambda case: case.application.self_employed,
    "condominium": lambda case: case.application.condominium,
    "no mortgage insurance": lambda case: case.application.mortgage_insurance_denied,
    "decided by a person": lambda case: case.decision is not None and case.decision.decided_by != "rules",
}
COMPARED = ("self-employed", "condominium")
"""Groups whose rate is held against that of all others; the rest differ by design."""


def figures(cases: Sequence[Case], before: Sequence[float]) -> Figures:
    """The figures of a day, given the approval rates of the days before."""
    decided = [case for case in cases if case.decision is not None and case.decision.outcome != "incomplete"]
    approved = sum(case.approved for case in decided)
    rates = [_rate(name, [case for case in decided if belongs(case)]) for name, belongs in GROUPS.items()]
    reasons = Counter(
        reason for case in decided if case.decision and not case.approved for reason in case.decision.reasons
    )
    return Figures(
        decided=len(decided),
        approved=approved,
        rates=rates,
        reasons=dict(reasons.most_common()),
        exceptions=[*_single(cases), *_groups(decided, rates), *_unusual(approved, len(decided), before)],
    )


def _rate(name: str, cases: Sequence[Case]) -> Rate:
    return Rate(group=name, decided=len(cases), approved=sum(case.approved for case in cases))


def _single(cases: Sequence[Case]) -> list[str]:
    """What is off about one case."""
    found = []
    for case in cases:
        decision = case.decision
        if decision is None:
            found.append(f"{case.application.application_id} was closed without a decision ({case.workflow_id})")
        elif decision.outcome == "approved" and decision.recommended == "deny":
            found.append(f"{decision.application_id} was approved by {decision.decided_by} against the rules")
        elif decision.outcome == "denied" and not decision.reasons:
            found.append(f"{decision.application_id} was denied by {decision.decided_by} without a reason")
    return found


def _groups(decided: Sequence[Case], rates: Sequence[Rate]) -> list[str]:
    """Groups that fare worse than all others."""
    approved = sum(case.approved for case in decided)
    found = []
    for rate in rates:
        others = Rate(group="others", decided=len(decided) - rate.decided, approved=approved - rate.approved)
        enough = min(rate.decided, others.decided) >= ENOUGH
        if rate.group in COMPARED and enough and rate.share < FOUR_FIFTHS * others.share:
            found.append(f"{rate.group}: {rate.share:.0%} approved, of all others {others.share:.0%}")
    return found


def _unusual(approved: int, decided: int, before: Sequence[float]) -> list[str]:
    """A day that is unlike those before."""
    if decided < ENOUGH or not before:
        return []
    usual, today = sum(before) / len(before), approved / decided
    return [f"{today:.0%} approved, usually {usual:.0%}"] if abs(today - usual) > UNUSUAL else []
