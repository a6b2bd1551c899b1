"""Timers and events, from the moment that somebody begins to wait for them."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from temporalio import workflow

from orchestrator.requests import EventRequest, SleepRequest
from orchestrator.wire import WaitInfo
from orchestrator.workflow.audit import Audit
from orchestrator.workflow.mailbox import Mailbox
from orchestrator.workflow.timing import done_within


class Waiting:
    """What a workflow and its stages wait for, people apart."""

    def __init__(self, mailbox: Mailbox, audit: Audit, changed: Callable[[], None]) -> None:
        self.waits: list[WaitInfo] = []
        self._mailbox = mailbox
        self._audit = audit
        self._changed = changed

    async def sleep(self, wait: WaitInfo) -> None:
        """Wait until a moment."""
        assert wait.until is not None
        with self._listed(wait):
            remaining = (wait.until - workflow.now()).total_seconds()
            if remaining > 0:
                until = f"{wait.until:%Y-%m-%d %H:%M} UTC"
                await workflow.sleep(remaining, summary=f"{wait.stage or 'workflow'}: until {until}")

    async def wait_for(self, wait: WaitInfo) -> Any:
        """The payload of the next event of that name, or None when none came in time."""
        future = self._mailbox.expect(wait.name)
        with self._listed(wait):
            try:
                if wait.until is None:
                    # Not wait_condition: an event handed over would lie here while the workflow continues as new.
                    await workflow.wait([future])
                elif not await done_within(future, wait.until - workflow.now(), f"event {wait.name}"):
                    self._audit.record("timed out", detail={"event": wait.name, "stage": wait.stage})
            except asyncio.CancelledError:
                future.cancel()
                raise
        return None if future.cancel() else future.result()

    @contextmanager
    def _listed(self, wait: WaitInfo) -> Iterator[None]:
        """Show a wait in `status` while the block runs."""
        self.waits.append(wait)
        self._changed()
        try:
            yield
        finally:
            self.waits.remove(wait)
            self._changed()


def timer_of(request: SleepRequest, stage: str | None) -> WaitInfo:
    """A timer that starts now."""
    now = workflow.now()
    until = request.until or (now + request.duration if request.duration else now)
    return WaitInfo(kind="timer", name="sleep", stage=stage, since=now, until=until)


def event_of(request: EventRequest, stage: str | None) -> WaitInfo:
    """A wait for an event that starts now."""
    now = workflow.now()
    until = now + request.timeout if request.timeout else None
    return WaitInfo(kind="event", name=request.name, stage=stage, since=now, until=until)
