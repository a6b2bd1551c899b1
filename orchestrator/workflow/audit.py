"""Who did or tried what, when, in order.

A workflow keeps the latest entries; what comes before them is put down beside the checkpoints, so that neither the
answer to a query nor what travels to the next run grows without bound. That it was is an entry of its own, which says
where: the chain of hashes goes on through it, and `orchestrator.checkpoints.archive` reads the trail back to its
beginning.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from temporalio import workflow

from orchestrator.answer import ENGINE
from orchestrator.errors import Refused
from orchestrator.telemetry.measures import UNMEASURED, Measures
from orchestrator.telemetry.metrics import AUDIT_ENTRIES
from orchestrator.trail import ARCHIVED, tied
from orchestrator.wire import Entry, Ref
from orchestrator.workflow.consult import archived

KEPT = 1000
"""Entries in the workflow."""
KEPT_BYTES = 512 * 1024
"""The same, as JSON: Temporal refuses what is over 2 MB."""
AFTERWARDS = 10
"""How much less is left once the older ones are put down: a tenth."""
AGAIN = timedelta(minutes=1)
"""When the checkpointer does not answer."""


class Audit:
    """The audit trail of one workflow. What is worth a line is worth showing: `on_change` hears of each, and so do the
    metrics and the log."""

    def __init__(self, on_change: Callable[[], None], measures: Measures = UNMEASURED) -> None:
        self.entries: list[Entry] = []
        self._sizes: list[int] = []
        self._size_bytes = 0
        self._on_change = on_change
        self._measures = measures
        self._archivable = True
        self._archiving: asyncio.Task[None] | None = None

    @property
    def archiving(self) -> bool:
        """Whether older entries are being put down."""
        return self._archiving is not None

    def restore(self, entries: Iterable[Entry]) -> None:
        """Go on from where the run before stopped."""
        for entry in entries:
            self._add(entry)

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
        self._add(tied(entry, last.hash if last else ""))
        self._measures.count(AUDIT_ENTRIES, what=what)
        # Without the detail: it holds what people wrote, and the log has other readers than the trail.
        workflow.logger.info("audit: %s", what, extra={"by": by, "task_id": task_id, "via": via})
        self._on_change()

    def _add(self, entry: Entry) -> None:
        self.entries.append(entry)
        self._sizes.append(len(entry.model_dump_json()))
        self._size_bytes += self._sizes[-1]
        if self._full and self._archivable and self._archiving is None:
            self._archiving = asyncio.create_task(self._archive())

    @property
    def _full(self) -> bool:
        return len(self.entries) > KEPT or (self._size_bytes > KEPT_BYTES and len(self.entries) > 1)

    async def _archive(self) -> None:
        """Put older entries down until there are few again."""
        try:
            if not workflow.patched("audit-archive"):
                self._archivable = False
            while self._full and self._archivable:
                older = self.entries[: self._how_many()]
                try:
                    ref = await archived(older)
                except Refused:
                    await workflow.sleep(AGAIN, summary="audit trail: once more")
                    continue
                if ref is None:
                    self._archivable = False  # memory would forget them
                else:
                    self._drop(older, ref)
        finally:
            self._archiving = None

    def _how_many(self) -> int:
        """The oldest ones, up to a tenth of what may be kept."""
        left, size_bytes, count = len(self.entries), self._size_bytes, 0
        while left > 1 and (left > KEPT // AFTERWARDS or size_bytes > KEPT_BYTES // AFTERWARDS):
            left, size_bytes, count = left - 1, size_bytes - self._sizes[count], count + 1
        return count

    def _drop(self, older: list[Entry], ref: Ref) -> None:
        del self.entries[: len(older)]
        self._size_bytes -= sum(self._sizes[: len(older)])
        del self._sizes[: len(older)]
        self.record(ARCHIVED, detail={"first": older[0].seq, "last": older[-1].seq, "ref": ref.model_dump(mode="json")})
