"""Events: each satisfies the oldest wait for its name, once; those that come early are kept in order."""

import asyncio
from collections import defaultdict, deque
from typing import Any

from orchestrator.wire import Event, Receipt, Ref
from orchestrator.workflow.carried import CarriedMail
from orchestrator.workflow.remembered import Remembered


class Mailbox:
    """The events of one workflow."""

    def __init__(self) -> None:
        self._early: defaultdict[str, deque[Any]] = defaultdict(deque)
        self._waiting: defaultdict[str, deque[asyncio.Future[Any]]] = defaultdict(deque)
        self._seen = Remembered[None]()

    def carried(self) -> CarriedMail:
        """What the next run needs."""
        early = [(name, [_marked(came) for came in kept]) for name, kept in self._early.items() if kept]
        return CarriedMail(early=early, seen=list(self._seen))

    def restore(self, carried: CarriedMail) -> None:
        """Go on from where the run before stopped."""
        for name, kept in carried.early:
            self._early[name].extend(map(_unmarked, kept))
        self._seen.update((event_id, None) for event_id in carried.seen)

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


def _marked(came: Any) -> dict[str, Any]:
    """What came, so that a Ref and a payload that looks like one are told apart."""
    return {"payload_ref": came.model_dump(mode="json")} if isinstance(came, Ref) else {"payload": came}


def _unmarked(kept: dict[str, Any]) -> Any:
    return Ref.model_validate(kept["payload_ref"]) if "payload_ref" in kept else kept["payload"]
