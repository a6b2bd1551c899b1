"""Temporal's events as lines of a history."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import EventType, RetryState, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import DataConverter

from orchestrator import names
from orchestrator.failures import legible
from orchestrator.history.happening import Happening, Kind
from orchestrator.history.words import because, failure_details, message_in_words, outcome_in_words, why
from orchestrator.markdown import one_line

PREFIX = "EVENT_TYPE_"
GRAPH_CALL = frozenset({"stage", "graph", "thread_id", "turn"})
"""Keys of a graph activity's input."""
TOO_LARGE = frozenset({"input", "output", "answers", "context", "values", "form", "payload"})
"""What `details` leave out: it stands in the event itself."""
MESSAGES = frozenset(
    {
        names.DECIDE,
        names.EVENT,
        names.PAUSE,
        names.RESUME,
        names.SUBMIT_DECISION,
        names.SUBMIT_EVENT,
        names.RECOVER,
        names.PARK,
        names.ASSIGN,
    }
)


@dataclass
class Scheduled:
    """What an activity is about."""

    kind: Kind
    label: str
    stage: str | None = None
    turn: int | None = None
    graph: str | None = None
    thread_id: str | None = None
    attempt: int = 1
    about: dict[str, Any] = field(default_factory=dict)


class Recorded:
    """Reads the events of one run in order."""

    def __init__(self, run_id: str, converter: DataConverter) -> None:
        self.run_id = run_id
        self.reset_from: str | None = None
        """The run that this one was reset from."""
        self._converter = converter
        self._scheduled: dict[int, Scheduled] = {}
        self._timers: dict[int, tuple[str, datetime]] = {}
        self._updates: dict[int, str] = {}

    async def read(self, event: HistoryEvent) -> Happening:
        """The line of one event."""
        kind = EventType.Name(event.event_type).removeprefix(PREFIX).lower()
        attributes = getattr(event, event.WhichOneof("attributes") or "", None)
        tell: Callable[[HistoryEvent, Any], Any] | None = getattr(self, f"_{kind}", None)
        if tell is not None and attributes is not None:
            for field in ("failure", "last_failure"):
                if field in attributes.DESCRIPTOR.fields_by_name and attributes.HasField(field):
                    failure = getattr(attributes, field)
                    failure.CopyFrom(await legible(failure, self._converter))
            told: Happening = await tell(event, attributes)
            return told
        name = kind.replace("_", " ")
        return self._line(event, "engine", name, name, folded=kind.startswith(("workflow_task", "upsert", "marker")))

    def _line(self, event: HistoryEvent, kind: Kind, what: str, text: str, **fields: Any) -> Happening:
        return Happening(
            at=event.event_time.ToDatetime(tzinfo=UTC),
            kind=kind,
            what=what,
            text=text,
            run_id=self.run_id,
            event_id=event.event_id,
            event_type=EventType.Name(event.event_type).removeprefix(PREFIX),
            **fields,
        )

    async def _value(self, payloads: Payloads | Iterable[Payload]) -> dict[str, Any]:
        """The first of the payloads, if it is an object; whatever cannot be read is none."""
        found = list(payloads.payloads if isinstance(payloads, Payloads) else payloads)[:1]
        try:
            value = (await self._converter.decode(found))[0] if found else None
        except Exception:  # noqa: BLE001 - another converter's, or encrypted: the line does without
            return {}
        return value if isinstance(value, dict) else {"value": value} if value is not None else {}

    async def _summary(self, event: HistoryEvent) -> str:
        if not event.user_metadata.HasField("summary"):
            return ""
        return one_line(str((await self._value([event.user_metadata.summary])).get("value", "")))

    # --- the workflow ---

    async def _workflow_execution_started(self, event: HistoryEvent, it: Any) -> Happening:
        text = f"started: {it.workflow_type.name} on task queue {it.task_queue.name}, run {self.run_id}"
        if it.continued_execution_run_id:
            text = f"run {self.run_id} continues run {it.continued_execution_run_id}"
        fork = (await self._value(it.input)).get("fork")
        if isinstance(fork, dict) and fork.get("workflow_id"):
            by = f" by {fork['by']}" if fork.get("by") else ""
            where = f"{fork.get('stage')} of {fork['workflow_id']} at checkpoint {fork.get('checkpoint_id')}"
            text = one_line(f"{text}, forked{by} from {where}{because(str(fork.get('reason') or ''))}", 500)
        return self._line(event, "workflow", "started", text, details={"workflow_type": it.workflow_type.name})

    async def _workflow_execution_completed(self, event: HistoryEvent, _it: Any) -> Happening:
        return self._line(event, "workflow", "completed", "completed")

    async def _workflow_execution_failed(self, event: HistoryEvent, it: Any) -> Happening:
        return self._line(
            event, "workflow", "failed", f"failed: {why(it.failure)}", details=failure_details(it.failure)
        )

    async def _workflow_execution_canceled(self, event: HistoryEvent, _it: Any) -> Happening:
        return self._line(event, "workflow", "cancelled", "cancelled")

    async def _workflow_execution_terminated(self, event: HistoryEvent, it: Any) -> Happening:
        by = it.identity or None
        return self._line(event, "workflow", "terminated", f"terminated{because(it.reason)}", by=by)

    async def _workflow_execution_timed_out(self, event: HistoryEvent, _it: Any) -> Happening:
        return self._line(event, "workflow", "timed out", "timed out")

    async def _workflow_execution_cancel_requested(self, event: HistoryEvent, it: Any) -> Happening:
        text = f"cancellation requested{because(it.cause)}"
        return self._line(event, "workflow", "cancel requested", text, by=it.identity or None)

    async def _workflow_execution_continued_as_new(self, event: HistoryEvent, it: Any) -> Happening:
        text = f"continues as new, as run {it.new_execution_run_id}"
        return self._line(event, "workflow", "continued as new", text, details={"run_id": it.new_execution_run_id})

    async def _workflow_properties_modified(self, event: HistoryEvent, _it: Any) -> Happening:
        return self._line(event, "engine", "memo", "memo changed", folded=True)

    async def _workflow_task_failed(self, event: HistoryEvent, it: Any) -> Happening:
        if it.base_run_id and it.base_run_id != it.new_run_id and it.new_run_id:
            self.reset_from = it.base_run_id
            text = f"reset: what stands above is run {it.base_run_id}'s, and goes on here{because(it.failure.message)}"
            return self._line(event, "reset", "reset", text, details={"base_run_id": it.base_run_id})
        cause = WorkflowTaskFailedCause.Name(it.cause).removeprefix("WORKFLOW_TASK_FAILED_CAUSE_").lower()
        text = f"workflow task failed ({cause.replace('_', ' ')}): {why(it.failure)}"
        return self._line(event, "workflow", "task failed", text, details=failure_details(it.failure))

    # --- activities ---

    async def _activity_task_scheduled(self, event: HistoryEvent, it: Any) -> Happening:
        given = await self._value(it.input)
        found = self._scheduled[event.event_id] = _scheduled(it.activity_type.name, given, await self._summary(event))
        answers = len(given.get("answers") or []) if found.kind == "turn" else 0
        more = f", with {answers} answer{'s' if answers > 1 else ''}" if answers else ""
        return self._activity(event, found, "scheduled", f"{found.label} scheduled{more}", details=found.about)

    async def _activity_task_started(self, event: HistoryEvent, it: Any) -> Happening:
        found = self._of(it)
        found.attempt = it.attempt
        failed = f", attempt {it.attempt} after {why(it.last_failure)}" if it.attempt > 1 else ""
        text = f"{found.label} started{failed}, on {it.identity}"
        folded = found.kind not in ("turn", "repair") and it.attempt == 1
        return self._activity(event, found, "started", text, folded=folded)

    async def _activity_task_completed(self, event: HistoryEvent, it: Any) -> Happening:
        found = self._of(it)
        outcome = await self._value(it.result)
        details = {key: value for key, value in outcome.items() if key not in TOO_LARGE}
        if found.kind not in ("turn", "repair"):
            return self._activity(event, found, "completed", f"{found.label} completed", details=details)
        return self._activity(
            event,
            found,
            str(outcome.get("state")),
            f"{found.label} {outcome_in_words(outcome)}",
            details=details,
            thread_id=outcome.get("thread_id") or found.thread_id,
            checkpoint_id=outcome.get("checkpoint_id"),
            step=outcome.get("steps"),
        )

    async def _activity_task_failed(self, event: HistoryEvent, it: Any) -> Happening:
        found = self._of(it)
        last = " (no more attempts)" if it.retry_state == RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED else ""
        text = f"{found.label} failed on attempt {found.attempt}{last}: {why(it.failure)}"
        return self._activity(event, found, "failed", text, details=failure_details(it.failure))

    async def _activity_task_timed_out(self, event: HistoryEvent, it: Any) -> Happening:
        found = self._of(it)
        text = f"{found.label} timed out on attempt {found.attempt}: {why(it.failure)}"
        return self._activity(event, found, "timed out", text, details=failure_details(it.failure))

    async def _activity_task_cancel_requested(self, event: HistoryEvent, it: Any) -> Happening:
        found = self._of(it)
        return self._activity(event, found, "cancel requested", f"{found.label} is told to stop")

    async def _activity_task_canceled(self, event: HistoryEvent, it: Any) -> Happening:
        found = self._of(it)
        return self._activity(event, found, "cancelled", f"{found.label} stopped")

    def _of(self, it: Any) -> Scheduled:
        return self._scheduled.get(it.scheduled_event_id) or Scheduled("activity", "activity")

    def _activity(self, event: HistoryEvent, found: Scheduled, what: str, text: str, **fields: Any) -> Happening:
        known = {"stage": found.stage, "turn": found.turn, "graph": found.graph, "thread_id": found.thread_id}
        return self._line(event, found.kind, what, text, **{**known, "attempt": found.attempt, **fields})

    # --- timers ---

    async def _timer_started(self, event: HistoryEvent, it: Any) -> Happening:
        until = event.event_time.ToDatetime(tzinfo=UTC) + it.start_to_fire_timeout.ToTimedelta()
        label = await self._summary(event) or f"timer {it.timer_id}"
        self._timers[event.event_id] = (label, until)
        return self._line(event, "timer", "started", f"timer until {until:%Y-%m-%d %H:%M:%S}Z: {label}", until=until)

    async def _timer_fired(self, event: HistoryEvent, it: Any) -> Happening:
        label, until = self._timers.get(it.started_event_id, (f"timer {it.timer_id}", None))
        return self._line(event, "timer", "fired", f"timer fired: {label}", until=until)

    async def _timer_canceled(self, event: HistoryEvent, it: Any) -> Happening:
        label, until = self._timers.get(it.started_event_id, (f"timer {it.timer_id}", None))
        return self._line(event, "timer", "cancelled", f"timer no longer needed: {label}", until=until, folded=True)

    # --- messages ---

    async def _workflow_execution_signaled(self, event: HistoryEvent, it: Any) -> Happening:
        given = await self._value(it.input)
        return self._message(event, "signal", it.signal_name, given)

    async def _workflow_execution_update_accepted(self, event: HistoryEvent, it: Any) -> Happening:
        request = it.accepted_request.input
        self._updates[event.event_id] = request.name
        return self._message(event, "update", request.name, await self._value(request.args))

    async def _workflow_execution_update_completed(self, event: HistoryEvent, it: Any) -> Happening:
        name = self._updates.get(it.accepted_event_id, "update")
        if it.outcome.HasField("failure"):
            text = f"{name} refused: {why(it.outcome.failure).removeprefix('Refused: ')}"
            return self._line(event, "message", "refused", text, details=failure_details(it.outcome.failure))
        receipt = await self._value(it.outcome.success)
        details = {
            key: value for key, value in receipt.items() if key in ("task_id", "event_id", "status", "remaining")
        }
        state = receipt.get("status") or receipt.get("state") or "done"
        return self._line(event, "message", "taken", f"{name}: {state}", details=details, folded=True)

    def _message(self, event: HistoryEvent, way: str, name: str, given: dict[str, Any]) -> Happening:
        by = given.get("by")
        details = {key: value for key, value in given.items() if key not in TOO_LARGE and key != "token"}
        text = one_line(f"{way} {name}{f' by {by}' if by else ''}{message_in_words(given) if name in MESSAGES else ''}")
        return self._line(
            event, "message", name, text, by=str(by) if by else None, stage=given.get("stage") or None, details=details
        )


def _scheduled(kind: str, given: dict[str, Any], summary: str) -> Scheduled:
    if given.keys() >= GRAPH_CALL and given["graph"] == kind:
        repair = given.get("repair")
        turn = int(given["turn"])
        return Scheduled(
            "repair" if repair else "turn",
            f"repair ({repair.get('action')})" if isinstance(repair, dict) else f"turn {turn}",
            stage=str(given["stage"]),
            turn=turn,
            graph=kind,
            thread_id=str(given["thread_id"]),
        )
    if kind == names.NOTIFY:
        to = ", ".join(map(str, given.get("to") or [])) or "the channel's operators"
        label = f"notice {given.get('event')} through {given.get('channel')} to {to}"
        return Scheduled("notice", one_line(label), stage=given.get("stage"), about={"key": given.get("key")})
    return Scheduled("activity", f"{kind} ({summary})" if summary else kind)
