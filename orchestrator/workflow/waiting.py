"""Timers and events, from the moment that somebody begins to wait for them."""

from temporalio import workflow

from orchestrator.requests import EventRequest, SleepRequest
from orchestrator.wire import WaitInfo


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
