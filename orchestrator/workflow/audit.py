"""Who did or tried what, when, in order."""

from collections.abc import Callable
from typing import Any

from temporalio import workflow

from orchestrator.answer import ENGINE
from orchestrator.telemetry.measures import UNMEASURED, Measures
from orchestrator.telemetry.metrics import AUDIT_ENTRIES
from orchestrator.trail import tied
from orchestrator.wire import Entry


class Audit:
    """The audit trail of one workflow. What is worth a line is worth showing: `on_change` hears of each, and so do the
    metrics and the log."""

    def __init__(self, on_change: Callable[[], None], measures: Measures = UNMEASURED) -> None:
        self.entries: list[Entry] = []
        self._on_change = on_change
        self._measures = measures

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
        self._measures.count(AUDIT_ENTRIES, what=what)
        # Without the detail: it holds what people wrote, and the log has other readers than the trail.
        workflow.logger.info("audit: %s", what, extra={"by": by, "task_id": task_id, "via": via})
        self._on_change()
