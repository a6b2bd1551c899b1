"""What every workflow of ours is made of: stages, tasks, events, timers, and what the outside sees of them."""

from typing import Any

from temporalio import workflow

from orchestrator import names
from orchestrator.calls import Policy, StageCall
from orchestrator.human import HumanDefaults
from orchestrator.options import Options
from orchestrator.requests import AskRequest
from orchestrator.telemetry.measures import Measures
from orchestrator.telemetry.metrics import STAGES_STARTED
from orchestrator.wire import Fork, Ref, StageInfo, State, Status, WaitInfo
from orchestrator.workflow.audit import Audit
from orchestrator.workflow.board import Board
from orchestrator.workflow.carried import Carried, CarriedStage
from orchestrator.workflow.consult import planned
from orchestrator.workflow.desk import Desk
from orchestrator.workflow.mailbox import Mailbox
from orchestrator.workflow.notices import Notifier
from orchestrator.workflow.open_task import Settled
from orchestrator.workflow.open_tasks import OpenTasks
from orchestrator.workflow.operations import Operations
from orchestrator.workflow.policies import Policies
from orchestrator.workflow.stage import Stage
from orchestrator.workflow.stage_result import StageResult
from orchestrator.workflow.turn import limits_of
from orchestrator.workflow.waiting import Waiting

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
        self.operations = Operations(self)
        self._last_result_at = 0
        self.ended: State | None = None
        self.stages: list[Stage] = []
        self._finished: list[StageInfo] = []
        self.waiting = Waiting(self.mailbox, self.audit, self.changed)
        self._application: Policy | None = None
        self.policies = Policies(self._adopt)
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
            not self.operations.paused
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
            self.policies.adopt(carried.application)
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
            waits=[*tasks, *self.waiting.waits],
        )

    def _state(self) -> State:
        states = {stage.info.state for stage in self.stages}
        if self.ended is not None:
            return self.ended
        if self.operations.paused:
            return "paused"
        if "parked" in states:
            return "parked"
        if "running" in states:
            return "running"
        return "waiting" if self.waiting.waits or self.tasks else "running"

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
        policy, recorded = await self.policies.to_begin_with(graph, options)
        self.board.adopt(policy)
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
            **limits_of(policy),
            continues=thread,
            policy=None if recorded else policy,
        )
        self.measures.count(STAGES_STARTED, graph=graph)
        running = Stage(self, name, policy, call, options)
        self.stages.append(running)
        self._forget_finished()
        return await running.run()

    def _adopt(self, policy: Policy) -> None:
        """Go by what a policy says of the application and the server."""
        self._application = policy
        self.board.adopt(policy)
        self.notifier.channels = policy.channels

    def _unique(self, name: str) -> str:
        self._names[name] = self._names.get(name, 0) + 1
        return name if self._names[name] == 1 else f"{name}-{self._names[name]}"

    def _forget_finished(self) -> None:
        self._finished += [stage.info for stage in self.stages if stage.over]
        self._finished = self._finished[-KEPT_FINISHED_STAGES:]
        self.stages = [stage for stage in self.stages if not stage.over]

    # --- questions ---

    async def ask(self, request: AskRequest) -> Settled:
        """What a question came to that no stage asked.

        Raises:
            Overdue: It is due, and `on_due` is `fail` or `park`.
        """
        policy = await self.policies.recorded("", None)
        return await self.desk.serve(None, request, policy.options.human or HumanDefaults(), None)

    def may_open_soon(self, task_id: str | None) -> bool:
        """Whether a task that was never open may be about to: only while a stage runs."""
        running = any(stage.info.state == "running" for stage in self.stages)
        return task_id is not None and running and not self.tasks.knows(task_id)

    def may_be_reapplied(self, task_id: str | None) -> bool:
        """Whether a decision may be one that a reset has brought along, and whose task opens only now."""
        info = workflow.info()
        return info.run_id != info.original_execution_run_id and self.may_open_soon(task_id)
