"""Events: each satisfies the oldest wait for its name, once; those that come early are kept in order."""

import asyncio
from collections import defaultdict, deque
from typing import Any

from orchestrator.wire import Event, Receipt
from orchestrator.workflow.remembered import Remembered


class Mailbox:
    """The events of one workflow."""

    def __init__(self) -> None:
        self._early: defaultdict[str, deque[Any]] = defaultdict(deque)
        self._waiting: defaultdict[str, deque[asyncio.Future[Any]]] = defaultdict(deque)
        self._seen = Remembered[None]()

    def deliver(self, event: Event) -> Receipt:
        """Hand an event to the oldest wait for its name, or keep it for the next one."""
        if event.event_id is not None:
            if event.event_id in self._seen:
                return Receipt(event_id=event.event_id, status="duplicate")
            self._seen[event.event_id] = None
        came = event.payload if event.payload_ref is None else event.payload_ref
        waiting = self._waiting[event.name]
        while waiting:
            future = waiting.popleft()
            if not future.done():
                future.set_result(came)
                return Receipt(event_id=event.event_id, status="accepted")
        self._early[event.name].append(came)
        return Receipt(event_id=event.event_id, status="accepted")

    def expect(self, name: str) -> "asyncio.Future[Any]":
        """A future for the payload of the next event of that name, or a Ref to it. Cancel it to stop waiting."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self._early[name]:
            future.set_result(self._early[name].popleft())
        else:
            self._waiting[name].append(future)
        return future
