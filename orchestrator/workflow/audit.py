"""Who did or tried what, when, in order."""

from collections.abc import Callable
from typing import Any

from temporalio import workflow

from orchestrator.trail import tied
from orchestrator.wire import Entry

ENGINE = "orchestrator"
"""Who acts when nobody does: a timer, a retry that ran out."""


class Audit:
    """The audit trail of one workflow. What is worth a line is worth showing: `on_change` hears of each."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self.entries: list[Entry] = []
        self._on_change = on_change

    def record(
        self,
        what: str,
        *,
        by: str = ENGINE,
        task_id: str | None = None,
        detail: Any = None,
        via: str | None = None,
        form: str | None = None,
    ) -> None:
        """Add a line, tied to the one before."""
        last = self.entries[-1] if self.entries else None
        entry = Entry(
            at=workflow.now(),
            by=by,
            what=what,
            task_id=task_id,
            detail=detail,
            via=via,
            form=form,
            seq=last.seq + 1 if last else 1,
        )
        self.entries.append(tied(entry, last.hash if last else ""))
        self._on_change()
