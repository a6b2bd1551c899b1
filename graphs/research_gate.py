"""Before more is spent: is it in the budget? If not, nothing is spent until an operator raised it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from graphs.research_budget import Budget, BudgetExceeded, Cost, NewBudget, Spent
from orchestrator.waits import ask

OPERATORS = "group:research-operators"


class Spender(Protocol):
    """A state with a budget."""

    @property
    def budget(self) -> Budget:
        """The limits."""
        ...

    @property
    def spent(self) -> Spent:
        """So far."""
        ...

    @property
    def stopped(self) -> str:
        """Why nothing more is to be spent; empty: more may be."""
        ...


@dataclass(frozen=True)
class Gate:
    """The node `check_budget`. The question is a super-step of its own, so it is asked once, however wide the fan-out
    behind it, and a raised budget stands in the checkpoint before anything is spent.

    Args:
        next_cost: What the step after it costs at most; None: nothing is to be spent.
    """

    next_cost: Callable[[Any], Cost | None]

    async def check_budget(self, state: Spender) -> dict[str, Any]:
        """The budget as it stands, or as an operator has raised it, or that nothing more is to be spent.

        Raises:
            BudgetExceeded: The budget says that the stage parks then. *Not retryable.*
        """
        if self.is_open(state):
            return {"budget": state.budget}
        cost = self.next_cost(state)
        assert cost is not None
        budget, spent = state.budget, state.spent
        suggested, broken = budget.enough(spent, cost), "; ".join(budget.exceeded(spent, cost))
        if budget.when_exceeded == "park":
            raise BudgetExceeded(
                f"The next step would exceed the budget ({broken}). `orchestrator recover --action amend --values "
                f"'{{\"budget\": {suggested.model_dump_json()}}}'` raises it, and goes on."
            )
        answer = ask(
            "Raise the research budget?",
            form=NewBudget,
            description=(
                f"The next step would exceed it ({broken}). Approve: as suggested, or "
                "with the limits that you give. Reject: the report is written from what was read so far."
            ),
            payload={
                "budget": budget.model_dump(mode="json"),
                "spent": {"tokens": spent.tokens, "calls": spent.calls, "seconds": round(spent.seconds, 1)},
                "next": cost.model_dump(mode="json"),
                "suggested": suggested.model_dump(mode="json"),
            },
            assignees=[OPERATORS],
        )
        if answer.action == "reject":
            return {"stopped": f"{answer.by} did not raise the budget"}
        return {"budget": suggested if answer.values is None else answer.values.over(budget)}

    def is_open(self, state: Spender) -> bool:
        """Whether the next step may begin; if not, and more is to be spent, the check is made again."""
        cost = self.next_cost(state)
        return bool(state.stopped) or cost is None or state.budget.allows(state.spent, cost)
