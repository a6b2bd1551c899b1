"""What every workflow of ours is made of: stages, tasks, events, timers, and what the outside sees of them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from temporalio import workflow

from orchestrator import names
from orchestrator.calls import Admission, Evidence, Policy, StageCall
from orchestrator.errors import Refused
from orchestrator.human import HumanDefaults
from orchestrator.options import Options
from orchestrator.requests import AskRequest
from orchestrator.telemetry.measures import Measures
from orchestrator.telemetry.metrics import STAGES_STARTED
from orchestrator.wire import (
    Assignment,
    Decision,
    Event,
    Fork,
    Operator,
    Recovery,
    Ref,
    StageInfo,
    State,
    Status,
    WaitInfo,
)
from orchestrator.workflow.audit import Audit
from orchestrator.workflow.board import Board
from orchestrator.workflow.carried import Carried, CarriedStage
from orchestrator.workflow.consult import admitted, planned, policy_of
from orchestrator.workflow.desk import Desk
from orchestrator.workflow.mailbox import Mailbox
from orchestrator.workflow.notices import Notifier
from orchestrator.workflow.open_task import Settled
from orchestrator.workflow.open_tasks import OpenTasks
from orchestrator.workflow.stage import Stage, StageResult
from orchestrator.workflow.timing import done_within

KEPT_FINISHED_STAGES = 100


class Engine:
    """The moving parts of one workflow run."""

    def __init__(self) -> None:
        self.measures = Measures(workflow.metric_meter())
        self.audit = Audit(self.changed, self.measures)
        self.notifier = Notifier(self.audit)
        self.tasks = OpenTasks(self.audit, self.notifier, planned, self.measures)
        self.desk = Desk(self.tasks)
        self.mailbox = Mailbox()
        self.board = Board(self)
        self.paused = False
        self._last_result_at = 0
        self.ended: State | None = None
        self.stages: list[Stage] = []
        self._finished: list[StageInfo] = []
        self.waits: list[WaitInfo] = []
        self._application: Policy | None = None
        self._policies: dict[tuple[str, str], Policy] = {}
        self._names: dict[str, int] = {}
        self.continued: CarriedStage | None = None
        """The stage that the run before has left to this one."""
        self.ready = workflow.info().continued_run_id is None
        """Whether what the run before has left is here; messages may come before it."""

    # --- continue as new ---

    def may_continue_as_new(self) -> bool:
        """Whether the server suggests it, and nothing moves that would be lost."""
        return workflow.info().is_continue_as_new_suggested() and self.at_rest()

    def at_rest(self) -> bool:
        """Whether nothing moves: no activity, no handler, no opening of a task. (A running activity would be cancelled
        and its result lost.)"""
        return (
            not self.paused
            and not self.tasks.opening
            and not self.audit.archiving
            and all(stage.over or stage.rests for stage in self.stages)
            and workflow.all_handlers_finished()
        )

    def heard_a_result(self) -> None:
        """Note that an activity of a stage has ended."""
        self._last_result_at = workflow.info().get_current_history_length()

    @property
    def woken_by_a_result(self) -> bool:
        """Whether that came with this workflow task."""
        return self._last_result_at == workflow.info().get_current_history_length()

    def carried(self) -> Carried:
        """What the next run needs."""
        moving = [stage for stage in self.stages if not stage.over]
        notices, told = self.notifier.carried()
        return Carried(
            entries=self.audit.entries,
            desk=self.desk.carried(),
            mail=self.mailbox.carried(),
            stage=moving[0].carried() if moving else None,
            finished=[*self._finished, *(stage.info for stage in self.stages if stage.over)],
            application=self._application,
            names=self._names,
            notices=notices,
            told=told,
        )

    async def until_ready(self) -> None:
        """Return at once, or when the run before has handed over; those that wait go on in the order they came."""
        if not self.ready:
            await workflow.wait_condition(lambda: self.ready)

    def restore(self, carried: Carried) -> None:
        """Go on from where the run before stopped."""
        self.audit.restore(carried.entries)
        self.desk.restore(carried.desk)
        self.mailbox.restore(carried.mail)
        self._finished = carried.finished
        self._names = dict(carried.names)
        self.continued = carried.stage
        if carried.application is not None:
            self._adopt(carried.application)
        self.notifier.restore(carried.notices, carried.told)
        self.changed()

    # --- what the outside sees ---

    def status(self) -> Status:
        """Where the workflow stands."""
        tasks = [
            WaitInfo(kind="task", name=task.title, stage=task.stage, since=task.created_at, until=task.due_at)
            for task in self.tasks.listed()
        ]
        return Status(
            state=self._state(),
            tasks=len(tasks),
            stages=[*self._finished, *(stage.info for stage in self.stages)],
            waits=[*tasks, *self.waits],
        )

    def _state(self) -> State:
        states = {stage.info.state for stage in self.stages}
        if self.ended is not None:
            return self.ended
        if self.paused:
            return "paused"
        if "parked" in states:
            return "parked"
        if "running" in states:
            return "running"
        return "waiting" if self.waits or self.tasks else "running"

    def changed(self) -> None:
        """Something that the outside sees has changed."""
        self.board.dirty = True

    # --- stages ---

    async def run_stage(
        self,
        graph: str,
        value: Any,
        *,
        stage: str | None,
        context: Any,
        options: Options | None,
        ref: Ref | None = None,
        fork: Fork | None = None,
        carried: CarriedStage | None = None,
        thread: str | None = None,
    ) -> StageResult:
        """Run a graph as a stage of this workflow.

        Raises:
            ApplicationError: Of type BadInput: there is no such graph, or the options make no sense.
            StageFailed: The stage failed.
        """
        if carried is not None:
            self.stages.append(Stage.continued(self, carried))
            return await self.stages[-1].run()
        policy = await self._resolve(graph, options)
        name = self._unique(stage or graph)
        info = workflow.info()
        call = StageCall(
            stage=name,
            graph=graph,
            thread_id=f"{info.workflow_id}/{names.short(info.original_execution_run_id)}/{name}",
            turn=1,
            input=value,
            input_ref=ref,
            fork=fork,
            context=context,
            recursion_limit=policy.options.recursion_limit or 1000,
            durability=policy.options.durability or "sync",
            continues=thread,
        )
        self.measures.count(STAGES_STARTED, graph=graph)
        running = Stage(self, name, policy, call)
        self.stages.append(running)
        self._forget_finished()
        return await running.run()

    async def _resolve(self, graph: str, options: Options | None) -> Policy:
        """The graph's whole policy, as the worker knows it: asked once and recorded, so a replay needs no registry."""
        key = (graph, options.model_dump_json() if options else "")
        if key not in self._policies:
            self._policies[key] = await policy_of(graph, options)
            self._adopt(self._policies[key])
        return self._policies[key]

    def _adopt(self, policy: Policy) -> None:
        """Go by what a policy says of the application and the server."""
        self._application = policy
        self.board.search_attributes, self.board.docs_url = policy.search_attributes, policy.docs_url
        self.notifier.channels = policy.channels

    def _unique(self, name: str) -> str:
        self._names[name] = self._names.get(name, 0) + 1
        return name if self._names[name] == 1 else f"{name}-{self._names[name]}"

    def _forget_finished(self) -> None:
        self._finished += [stage.info for stage in self.stages if stage.over]
        self._finished = self._finished[-KEPT_FINISHED_STAGES:]
        self.stages = [stage for stage in self.stages if not stage.over]

    # --- waits of the workflow itself, and of its stages ---

    async def ask(self, request: AskRequest) -> Settled:
        """What a question came to that no stage asked.

        Raises:
            Overdue: It is due, and `on_due` is `fail` or `park`.
        """
        policy = await self._resolve("", None)
        return await self.desk.serve(None, request, policy.options.human or HumanDefaults(), None)

    async def admit(self, message: Decision | Assignment) -> Admission | None:
        """What has to be looked at outside: the token of a message, and values that travel by reference.

        Raises:
            Refused: The token is not good, the values do not fit, or neither can be looked at now.
        """
        by_reference = isinstance(message, Decision) and message.values_ref is not None
        if message.token is None and not by_reference:
            return None
        if isinstance(message, Decision) and self.desk.is_duplicate(message):
            return None
        entry = self.tasks.addressed(message) if self.tasks or message.task_id is not None else None
        if by_reference and entry is None:
            raise Refused("No task is open; values that travel by reference need one, to be checked against its form.")
        evidence = Evidence(
            workflow_id=workflow.info().workflow_id,
            token=message.token,
            decision=message if isinstance(message, Decision) and by_reference else None,
            wait=entry.wait if entry else None,
            form=entry.task.form if entry else None,
        )
        if entry is None:
            return await admitted(evidence, "")
        entry.admitting += 1
        try:
            return await admitted(evidence, entry.task.task_id)
        finally:
            entry.admitting -= 1

    async def admit_event(self, event: Event) -> None:
        """Look at a payload that travels by reference.

        Raises:
            Refused: It is not there, or not this workflow's.
        """
        if event.payload_ref is not None:
            evidence = Evidence(workflow_id=workflow.info().workflow_id, payload_ref=event.payload_ref)
            await admitted(evidence, event.name)

    async def sleep(self, wait: WaitInfo) -> None:
        """Wait until a moment."""
        assert wait.until is not None
        with _listed(self, wait):
            remaining = (wait.until - workflow.now()).total_seconds()
            if remaining > 0:
                until = f"{wait.until:%Y-%m-%d %H:%M} UTC"
                await workflow.sleep(remaining, summary=f"{wait.stage or 'workflow'}: until {until}")

    async def wait_for(self, wait: WaitInfo) -> Any:
        """The payload of the next event of that name, or None when none came in time."""
        future = self.mailbox.expect(wait.name)
        with _listed(self, wait):
            try:
                if wait.until is None:
                    # Not wait_condition: an event handed over would lie here while the workflow continues as new.
                    await workflow.wait([future])
                elif not await done_within(future, wait.until - workflow.now(), f"event {wait.name}"):
                    self.audit.record("timed out", detail={"event": wait.name, "stage": wait.stage})
            except asyncio.CancelledError:
                future.cancel()
                raise
        return None if future.cancel() else future.result()

    def may_open_soon(self, task_id: str | None) -> bool:
        """Whether a task that was never open may be about to: only while a stage runs."""
        running = any(stage.info.state == "running" for stage in self.stages)
        return task_id is not None and running and not self.tasks.knows(task_id)

    def may_be_reapplied(self, task_id: str | None) -> bool:
        """Whether a decision may be one that a reset has brought along, and whose task opens only now."""
        info = workflow.info()
        return info.run_id != info.original_execution_run_id and self.may_open_soon(task_id)

    # --- operators ---

    async def until_not_paused(self) -> None:
        """Return at once, or when the workflow is resumed."""
        await workflow.wait_condition(lambda: not self.paused)

    def pause(self, operator: Operator) -> None:
        """Drain the running stages; tasks and timers stay open."""
        if self.paused:
            raise Refused("The workflow is paused already.")
        self.paused = True
        self.audit.record("paused", by=operator.by, detail=operator.reason)
        for stage in self.stages:
            stage.pause()
        self.changed()

    def resume(self, operator: Operator) -> None:
        """Go on where `pause` stopped."""
        if not self.paused:
            raise Refused("The workflow is not paused.")
        self.paused = False
        self.audit.record("resumed", by=operator.by, detail=operator.reason)
        self.changed()

    def parked(self, recovery: Recovery) -> Stage:
        """The stage that a recovery is about.

        Raises:
            Refused: No such stage is parked, several are and none is named, or the action is not offered.
        """
        parked = [stage for stage in self.stages if stage.recovery is not None and not stage.recovery.done()]
        there_are = ", ".join(stage.info.name for stage in parked) or "none"
        chosen = parked if recovery.stage is None else [stage for stage in parked if stage.info.name == recovery.stage]
        if len(chosen) != 1:
            asked = f"{recovery.stage!r} is not parked" if recovery.stage else f"{len(parked)} stages are parked"
            raise Refused(f"{asked}; parked are: {there_are}.")
        if chosen[0].repairing:
            raise Refused(f"Stage {chosen[0].info.name!r} is being recovered already.")
        return chosen[0]

    async def recover(self, recovery: Recovery) -> Status:
        """Carry out what an operator wants done with a parked stage.

        Raises:
            Refused: See `parked`.
        """
        stage = self.parked(recovery)
        await stage.recover(recovery)
        detail = recovery.model_dump(mode="json", exclude={"by", "stage"}, exclude_none=True)
        self.audit.record("recovered", by=recovery.by, detail={"stage": stage.info.name, **detail}, via="update")
        if recovery.action == "amend":
            self.desk.edited(recovery.by)
        return self.status()


@contextmanager
def _listed(engine: Engine, wait: WaitInfo) -> Iterator[None]:
    """Show a wait in `status` while the block runs."""
    engine.waits.append(wait)
    engine.changed()
    try:
        yield
    finally:
        engine.waits.remove(wait)
        engine.changed()
