"""What research may cost, and what it has cost.

Light: workflow code imports this module.
"""

import time
from collections.abc import Iterable
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.errors import GraphFailure

Interval = tuple[float, float]
"""Seconds since the epoch."""


class BudgetExceeded(GraphFailure):
    """The next step would cost more than is left. *Not retryable;* amend `budget` with `recover`, and it goes on."""


class Cost(BaseModel):
    """What the next step will cost at most."""

    model_config = ConfigDict(frozen=True)

    tokens: int = 0
    calls: int = 0


class Spent(BaseModel):
    """What was spent. Adding is the reducer of parallel nodes."""

    model_config = ConfigDict(frozen=True)

    tokens: int = 0
    """Read, and sent to and written by a chat model."""
    calls: int = 0
    """Searches, passages read, calls of a chat model."""
    busy: list[Interval] = Field(default_factory=list)
    """When a node worked: nodes side by side count once, waiting for people and dead workers do not count."""

    @property
    def seconds(self) -> float:
        """Active time."""
        return sum(end - begin for begin, end in self.busy)

    @classmethod
    def since(cls, begin: float, *, calls: int = 1, tokens: int = 0) -> Self:
        """Of a node that began to work then (`time.time()`) and is done now."""
        return cls(tokens=tokens, calls=calls, busy=[(begin, max(begin, time.time()))])


class Budget(BaseModel):
    """The limits."""

    model_config = ConfigDict(frozen=True)

    tokens: int = Field(default=200_000, ge=0)
    calls: int = Field(default=200, ge=0)
    seconds: float = Field(default=3600, ge=0)
    """Of active time. What is under way at the limit is finished; nothing new begins."""
    when_exceeded: Literal["ask", "park"] = "ask"
    """Before more is spent: a question to the operators, or the stage parks with a `BudgetExceeded`."""

    def allows(self, spent: Spent, cost: Cost) -> bool:
        """Whether the step keeps within it."""
        return not self.exceeded(spent, cost)

    def exceeded(self, spent: Spent, cost: Cost) -> list[str]:
        """The limits that the step would break, each with its figures."""
        found = []
        for name in ("tokens", "calls"):
            limit, needed = getattr(self, name), getattr(spent, name) + getattr(cost, name)
            if needed > limit:
                found.append(f"{name}: {needed} would be needed of {limit}")
        if spent.seconds >= self.seconds:
            found.append(f"seconds: {spent.seconds:.1f} are spent of {self.seconds:g}")
        return found

    def enough(self, spent: Spent, cost: Cost) -> Self:
        """A budget with which the step, and as much again as was spent, would be possible."""
        return self.model_copy(
            update={
                "tokens": max(self.tokens, 2 * spent.tokens + cost.tokens),
                "calls": max(self.calls, 2 * spent.calls + cost.calls),
                "seconds": max(self.seconds, 2 * spent.seconds + 1) if spent.seconds >= self.seconds else self.seconds,
            }
        )


class NewBudget(BaseModel):
    """What an operator fills in; a limit left out stays as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tokens: int | None = Field(default=None, ge=0)
    calls: int | None = Field(default=None, ge=0)
    seconds: float | None = Field(default=None, ge=0)

    def over(self, budget: Budget) -> Budget:
        """The budget with these limits."""
        return budget.model_copy(update=self.model_dump(exclude_none=True))


def total(left: Any, right: Any) -> Spent:
    """Both together. (LangGraph hands a start input over as the JSON that it was.)"""
    one, other = Spent.model_validate(left), Spent.model_validate(right)
    return Spent(tokens=one.tokens + other.tokens, calls=one.calls + other.calls, busy=union([*one.busy, *other.busy]))


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time in as few intervals as possible."""
    merged: list[Interval] = []
    for begin, end in sorted(intervals):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged
