"""Events: each satisfies the oldest wait for its name, once; those that come early are kept in order, as many as travel
to the next run."""

import asyncio
from collections import defaultdict, deque
from typing import Any

from temporalio import workflow

from orchestrator.errors import Refused
from orchestrator.large import size
from orchestrator.wire import Event, Receipt, Ref
from orchestrator.workflow.carried import CarriedMail
from orchestrator.workflow.inbound import check_size
from orchestrator.workflow.remembered import Remembered

EARLY_BYTES = 1024 * 1024
"""What events that nobody waits for yet may come to. They travel to the next run, of which Temporal takes 2 MB."""
OVERHEAD_BYTES = 16
"""Of each event beside its payload."""


class Mailbox:
    """The events of one workflow."""

    def __init__(self) -> None:
        self._early: defaultdict[str, deque[tuple[Any, int]]] = defaultdict(deque)
        self._early_bytes = 0
        self._waiting: defaultdict[str, deque[asyncio.Future[Any]]] = defaultdict(deque)
        self._seen = Remembered[None]()

    def carried(self) -> CarriedMail:
        """What the next run needs."""
        early = [(name, [_marked(came) for came, _ in kept]) for name, kept in self._early.items() if kept]
        return CarriedMail(early=early, seen=list(self._seen))

    def restore(self, carried: CarriedMail) -> None:
        """Go on from where the run before stopped."""
        for name, kept in carried.early:
            for came in map(_unmarked, kept):
                self._keep(name, came, _size(came))
        self._seen.update((event_id, None) for event_id in carried.seen)

    def deliver(self, event: Event) -> Receipt:
        """Hand an event to the oldest wait for its name, or keep it for the next one.

        Raises:
            Refused: It is too large, or too many are kept already; this one may be sent again.
        """
        if event.event_id is not None and event.event_id in self._seen:
            return Receipt(event_id=event.event_id, status="duplicate")
        check_size(event.payload, "payload")
        receipt = self._deliver(event)
        if event.event_id is not None:
            self._seen[event.event_id] = None
        return receipt

    def _deliver(self, event: Event) -> Receipt:
        came = event.payload if event.payload_ref is None else event.payload_ref
        waiting = self._waiting[event.name]
        while waiting:
            future = waiting.popleft()
            if not future.done():
                future.set_result(came)
                return Receipt(event_id=event.event_id, status="accepted")
        bytes_ = _size(came)
        if self._early_bytes + bytes_ > EARLY_BYTES and workflow.patched("early-events"):
            count = sum(map(len, self._early.values()))
            raise Refused(
                f"{count} events that nobody has waited for yet come to {self._early_bytes} bytes, and no more than "
                f"{EARLY_BYTES} are kept. Send it again once the workflow has come to wait for them."
            )
        self._keep(event.name, came, bytes_)
        return Receipt(event_id=event.event_id, status="accepted")

    def expect(self, name: str) -> "asyncio.Future[Any]":
        """A future for the payload of the next event of that name, or a Ref to it. Cancel it to stop waiting."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self._early[name]:
            came, bytes_ = self._early[name].popleft()
            self._early_bytes -= bytes_
            future.set_result(came)
        else:
            self._waiting[name].append(future)
        return future

    def _keep(self, name: str, came: Any, bytes_: int) -> None:
        self._early[name].append((came, bytes_))
        self._early_bytes += bytes_


def _marked(came: Any) -> dict[str, Any]:
    """What came, so that a Ref and a payload that looks like one are told apart."""
    return {"payload_ref": came.model_dump(mode="json")} if isinstance(came, Ref) else {"payload": came}


def _unmarked(kept: dict[str, Any]) -> Any:
    return Ref.model_validate(kept["payload_ref"]) if "payload_ref" in kept else kept["payload"]


def _size(came: Any) -> int:
    return size(came) + OVERHEAD_BYTES
