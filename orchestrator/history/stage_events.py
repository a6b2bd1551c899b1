"""What the events of one run tell of its stages, and of who has edited something."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import DataConverter

from orchestrator import names
from orchestrator.calls import Policy, StageCall
from orchestrator.failures import legible
from orchestrator.history.past import Past, RecordedStage
from orchestrator.history.recorded import GRAPH_CALL
from orchestrator.history.words import why
from orchestrator.markdown import one_line
from orchestrator.options import Options
from orchestrator.wire import Parking, StageInfo, State
from orchestrator.workflow.carried import MARK, Carried
from orchestrator.workflow.failure import ParkedByOperator

PREFIX = "EVENT_TYPE_"
LONGEST_ERROR = 1000
OUTCOMES: dict[str, State] = {"completed": "completed", "waiting": "waiting"}
"""What a turn's outcome makes of its stage; after any other, the next turn is on its way."""


class StageEvents:
    """Reads the events of one run in order."""

    def __init__(self, past: Past, converter: DataConverter) -> None:
        self.past = past
        self._converter = converter
        self._policies: list[Policy] = []
        self._turns: dict[int, tuple[RecordedStage, bool]] = {}
        """By the event that scheduled it: whose it is, and whether it is a repair."""
        self._updates: dict[int, tuple[str, dict[str, Any]]] = {}
        self._reset = False

    async def take(self, event: HistoryEvent) -> None:
        """The next event."""
        kind = EventType.Name(event.event_type).removeprefix(PREFIX).lower()
        tell = getattr(self, f"_{kind}", None)
        if tell is not None:
            await tell(event, getattr(event, event.WhichOneof("attributes") or ""), event.event_time.ToDatetime(UTC))

    def finish(self) -> None:
        """After the last event."""
        for stage in self.past.stages.values():
            stage.threads = [stage.info.thread_id]
            if self._reset and not stage.told:
                from orchestrator.checkpoints.store import branch_of  # LangGraph takes its time to import

                stage.threads.insert(0, branch_of(stage.info.thread_id, names.short(self.past.run_id)))

    # --- the workflow ---

    async def _workflow_execution_started(self, _event: HistoryEvent, it: Any, _at: datetime) -> None:
        past = self.past
        past.workflow_type, past.continues = it.workflow_type.name, it.continued_execution_run_id or None
        past.arguments = await self._values(it.input)
        last = past.arguments[-1] if past.arguments else None
        if past.continues and isinstance(last, dict) and last.keys() == {MARK}:
            past.arguments.pop()
            self._continue(Carried.model_validate(last[MARK]))
        request = past.arguments[0] if past.workflow_type == names.GRAPH_RUN and past.arguments else None
        fork = request.get("fork") if isinstance(request, dict) else None
        if isinstance(fork, dict):
            past.editors |= {
                *(fork.get("editors") or []),
                *([fork["by"]] if fork.get("values") and fork.get("by") else []),
            }

    def _continue(self, carried: Carried) -> None:
        """What the run before has left."""
        self.past.editors |= set(carried.desk.editors)
        for info in carried.finished:
            self.past.stages[info.name] = RecordedStage(info)
        if carried.stage is not None:
            stage = RecordedStage(carried.stage.info, carried.stage.call, carried.stage.policy.options)
            if carried.stage.parked:
                stage.show(state="parked", error=": ".join(carried.stage.parked))
            self.past.stages[stage.info.name] = stage

    async def _workflow_task_failed(self, _event: HistoryEvent, it: Any, _at: datetime) -> None:
        if it.new_run_id and it.base_run_id != it.new_run_id:
            self._reset = True
            for stage in self.past.stages.values():
                stage.told = False

    async def _marker_recorded(self, _event: HistoryEvent, it: Any, _at: datetime) -> None:
        for value in await self._values(it.details["result"]) if "result" in it.details else []:
            if isinstance(value, dict) and value.keys() >= {"graph", "options"}:
                self._policies.append(Policy.model_validate(value))

    # --- turns ---

    async def _activity_task_scheduled(self, event: HistoryEvent, it: Any, at: datetime) -> None:
        given = next(iter(await self._values(it.input)), None)
        if not isinstance(given, dict) or not given.keys() >= GRAPH_CALL or given["graph"] != it.activity_type.name:
            return
        try:
            call = StageCall.model_validate(given)
        except ValidationError:  # another release's
            return
        begun = StageInfo(name=call.stage, graph=call.graph, thread_id=call.thread_id, attempt=0, since=at)
        stage = self.past.stages.setdefault(call.stage, RecordedStage(begun))
        stage.call, stage.options = call, self._options(call) or stage.options
        if call.repair is None:
            stage.running = True
            stage.show(at, state="running", error=None, attempt=call.turn, thread_id=call.thread_id)
        self._turns[event.event_id] = (stage, call.repair is not None)

    async def _activity_task_completed(self, _event: HistoryEvent, it: Any, at: datetime) -> None:
        stage, _ = self._turns.get(it.scheduled_event_id, (None, False))
        outcome = next(iter(await self._values(it.result)), None)
        if stage is None or not isinstance(outcome, dict):
            return
        stage.told, stage.running = True, False
        stage.show(
            at,
            state=OUTCOMES.get(str(outcome.get("state")), "running"),
            error=None,
            thread_id=outcome.get("thread_id") or stage.info.thread_id,
            checkpoint_id=outcome.get("checkpoint_id") or stage.info.checkpoint_id,
            steps=max(int(outcome.get("steps") or 0), stage.info.steps),
        )
        self._park(stage, at)

    async def _activity_task_failed(self, _event: HistoryEvent, it: Any, at: datetime) -> None:
        stage, repair = self._turns.get(it.scheduled_event_id, (None, False))
        if stage is None or repair:
            return
        stage.running = False
        failure = await legible(it.failure, self._converter)
        stands = await self._standing(failure)
        parks = stage.options is None or stage.options.on_failure != "fail"
        stage.show(
            at,
            state="parked" if parks else "failed",
            error=_said(failure),
            checkpoint_id=stands.get("checkpoint_id") or stage.info.checkpoint_id,
            steps=max(int(stands.get("steps") or 0), stage.info.steps),
        )

    _activity_task_timed_out = _activity_task_failed

    async def _activity_task_canceled(self, _event: HistoryEvent, it: Any, at: datetime) -> None:
        stage, repair = self._turns.get(it.scheduled_event_id, (None, False))
        if stage is not None and not repair:
            stage.running = False
            stage.show(at, state="cancelled")
            self._park(stage, at)

    def _options(self, call: StageCall) -> Options | None:
        """Those of the graph that fit the call: one graph may be run in several ways."""
        if call.policy is not None:
            self._policies.append(call.policy)
        fitting = [
            policy.options
            for policy in self._policies
            if policy.graph == call.graph
            and (policy.options.recursion_limit, policy.options.durability) == (call.recursion_limit, call.durability)
        ]
        return fitting[-1] if fitting else None

    # --- messages: who has edited something ---

    async def _workflow_execution_signaled(self, _event: HistoryEvent, it: Any, _at: datetime) -> None:
        if it.signal_name == names.DECIDE:  # also of one that was refused: to keep nobody in who has edited
            self._note_edit(names.DECIDE, next(iter(await self._values(it.input)), None))

    async def _workflow_execution_update_accepted(self, event: HistoryEvent, it: Any, _at: datetime) -> None:
        request = it.accepted_request.input
        given = next(iter(await self._values(request.args)), None)
        self._updates[event.event_id] = (request.name, given if isinstance(given, dict) else {})

    async def _workflow_execution_update_completed(self, _event: HistoryEvent, it: Any, at: datetime) -> None:
        name, given = self._updates.pop(it.accepted_event_id, ("", {}))
        if it.outcome.HasField("failure"):
            return
        self._note_edit(name, given)
        if name == names.RECOVER and given.get("action") == "abort":
            self._abort(given, at)
        elif name == names.PARK:
            self._note_parking(given, at)

    def _note_edit(self, name: str, given: Any) -> None:
        action = given.get("action") if isinstance(given, dict) else None
        edits = {names.DECIDE: "edit", names.SUBMIT_DECISION: "edit", names.RECOVER: "amend"}
        if action is not None and edits.get(name) == action and given.get("by"):
            self.past.editors.add(str(given["by"]))

    def _note_parking(self, given: dict[str, Any], at: datetime) -> None:
        for stage in self.past.stages.values():
            if stage.info.state in ("running", "waiting") and given.get("stage") in (None, stage.info.name):
                stage.parking = str(ParkedByOperator(Parking.model_construct(**given)))
                self._park(stage, at)

    def _park(self, stage: RecordedStage, at: datetime) -> None:
        """Show as parked what an operator parks, once nothing of it runs."""
        if stage.parking is not None and not stage.running:
            if stage.info.state != "completed":
                stage.show(at, state="parked", error=f"{ParkedByOperator.__name__}: {stage.parking}")
            stage.parking = None

    def _abort(self, given: dict[str, Any], at: datetime) -> None:
        for stage in self.past.stages.values():
            if stage.info.state == "parked" and given.get("stage") in (None, stage.info.name):
                stage.show(at, state="failed")

    # --- values ---

    async def _values(self, payloads: Payloads | Iterable[Payload]) -> list[Any]:
        """What the payloads hold; nothing where they cannot be read."""
        found = list(payloads.payloads if isinstance(payloads, Payloads) else payloads)
        try:
            return await self._converter.decode(found) if found else []
        except Exception:  # noqa: BLE001 - another converter's, or encrypted: there is the rest
            self.past.illegible = True
            return []

    async def _standing(self, failure: Failure) -> dict[str, Any]:
        """Where the thread stood when a turn failed, as far as the activity could tell."""
        told = await self._values(failure.application_failure_info.details)
        return told[0] if told and isinstance(told[0], dict) else {}


def _said(failure: Failure) -> str:
    """A failure as `status` says it: its outermost name."""
    if failure.HasField("timeout_failure_info"):
        return f"ActivityTimeout: {one_line(failure.message)}"
    kind = failure.application_failure_info.type
    return f"{kind}: {one_line(failure.message, LONGEST_ERROR)}" if kind else why(failure)
