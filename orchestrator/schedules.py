"""Starting graphs and workflows by the clock: cron expressions in a time zone, over Temporal's Schedules."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, Self

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionExecutionStartWorkflow,
    ScheduleActionResult,
    ScheduleActionStartWorkflow,
    ScheduleBackfill,
    ScheduleDescription,
    ScheduleListActionStartWorkflow,
    ScheduleListDescription,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
)

from orchestrator.model import Record
from orchestrator.rpc import translated

Overlap = Literal["skip", "buffer-one", "buffer-all", "cancel-other", "terminate-other", "allow-all"]
"""What happens when a run is due and the one before it has not ended."""

OVERLAP: dict[str, ScheduleOverlapPolicy] = {
    "skip": ScheduleOverlapPolicy.SKIP,
    "buffer-one": ScheduleOverlapPolicy.BUFFER_ONE,
    "buffer-all": ScheduleOverlapPolicy.BUFFER_ALL,
    "cancel-other": ScheduleOverlapPolicy.CANCEL_OTHER,
    "terminate-other": ScheduleOverlapPolicy.TERMINATE_OTHER,
    "allow-all": ScheduleOverlapPolicy.ALLOW_ALL,
}

MEMO_PLAN: Final = "orch_schedule"
"""Memo: what is started, and the cron expressions as they were written; the server keeps only what they mean."""


@dataclass(frozen=True)
class Plan:
    """What to start, and when."""

    starts: str
    """What a person calls it: the graph's name, or the workflow type."""
    workflow: str
    """The workflow type."""
    args: Sequence[Any]
    task_queue: str
    cron: Sequence[str]
    """`minute hour day month weekday`, or `@daily` and the like."""
    time_zone: str = "UTC"
    """IANA's name, such as `Europe/Berlin`; changes of clocks are followed."""
    overlap: Overlap = "skip"
    paused: bool = False
    note: str | None = None


class ScheduleInfo(Record):
    """A schedule as the server knows it."""

    schedule_id: str
    starts: str | None = None
    """The graph, or the workflow type."""
    cron: list[str] | None = None
    """None: it was not made by us."""
    time_zone: str = "UTC"
    paused: bool
    note: str | None = None
    next_at: list[datetime]
    """The next times, at most ten."""
    recent: list[str]
    """Workflow ids of the latest runs, at most ten."""
    overlap: str | None = None
    """This and what follows: only of a schedule that was asked for, not of one in a list."""
    task_queue: str | None = None
    runs: int | None = None
    """How many were started so far."""
    missed: int | None = None
    """How many were not, because no server was up in time."""

    @classmethod
    def of_list(cls, found: ScheduleListDescription, memo: Mapping[str, Any]) -> Self:
        """From an entry of the list."""
        schedule, info = found.schedule, found.info
        action = schedule.action if schedule else None
        plan = memo.get(MEMO_PLAN, {})
        return cls(
            schedule_id=found.id,
            starts=plan.get("starts")
            or (action.workflow if isinstance(action, ScheduleListActionStartWorkflow) else None),
            cron=plan.get("cron"),
            time_zone=(schedule.spec.time_zone_name if schedule else None) or "UTC",
            paused=bool(schedule and schedule.state.paused),
            note=(schedule.state.note if schedule else None) or None,
            next_at=list(info.next_action_times) if info else [],
            recent=_workflow_ids(info.recent_actions if info else []),
        )

    @classmethod
    def of(cls, found: ScheduleDescription, memo: Mapping[str, Any]) -> Self:
        """From a description."""
        schedule, info = found.schedule, found.info
        action = schedule.action if isinstance(schedule.action, ScheduleActionStartWorkflow) else None
        plan = memo.get(MEMO_PLAN, {})
        return cls(
            schedule_id=found.id,
            starts=plan.get("starts") or (action.workflow if action else None),
            cron=plan.get("cron"),
            time_zone=schedule.spec.time_zone_name or "UTC",
            paused=schedule.state.paused,
            note=schedule.state.note or None,
            next_at=list(info.next_action_times),
            recent=_workflow_ids(info.recent_actions),
            overlap=next((ours for ours, theirs in OVERLAP.items() if theirs == schedule.policy.overlap), None),
            task_queue=action.task_queue if action else None,
            runs=info.num_actions,
            missed=info.num_actions_missed_catchup_window,
        )


class Schedules:
    """The schedules of one namespace.

    Raises (each method):
        NotFound: There is no schedule of that id. *Not retryable.*
        Refused: What was asked for makes no sense; the message says what. *Not retryable.*
    """

    def __init__(self, client: Client) -> None:
        self.client = client

    async def create(self, schedule_id: str, plan: Plan) -> None:
        """Create a schedule; each run's workflow id is the schedule's and the time.

        Raises:
            AlreadyExists: There is one of that id. *Not retryable.*
        """
        schedule = Schedule(
            action=ScheduleActionStartWorkflow(
                plan.workflow, args=list(plan.args), id=schedule_id, task_queue=plan.task_queue
            ),
            spec=ScheduleSpec(cron_expressions=list(plan.cron), time_zone_name=plan.time_zone),
            policy=SchedulePolicy(overlap=OVERLAP[plan.overlap]),
            state=ScheduleState(paused=plan.paused, note=plan.note),
        )
        memo = {MEMO_PLAN: {"starts": plan.starts, "cron": list(plan.cron)}}
        with _about(schedule_id):
            await self.client.create_schedule(schedule_id, schedule, memo=memo)

    async def list(self) -> list[ScheduleInfo]:
        """All of them."""
        with translated("The list of schedules"):
            return [
                ScheduleInfo.of_list(found, await found.memo()) async for found in await self.client.list_schedules()
            ]

    async def show(self, schedule_id: str) -> ScheduleInfo:
        """One of them."""
        with _about(schedule_id):
            found = await self.client.get_schedule_handle(schedule_id).describe()
            return ScheduleInfo.of(found, await found.memo())

    async def pause(self, schedule_id: str, note: str | None = None) -> None:
        """Start nothing until `resume`."""
        with _about(schedule_id):
            await self.client.get_schedule_handle(schedule_id).pause(note=note)

    async def resume(self, schedule_id: str, note: str | None = None) -> None:
        """The opposite of `pause`."""
        with _about(schedule_id):
            await self.client.get_schedule_handle(schedule_id).unpause(note=note)

    async def trigger(self, schedule_id: str, overlap: Overlap = "allow-all") -> None:
        """Start a run now, also of a paused schedule."""
        with _about(schedule_id):
            await self.client.get_schedule_handle(schedule_id).trigger(overlap=OVERLAP[overlap])

    async def backfill(self, schedule_id: str, start: datetime, end: datetime, overlap: Overlap = "allow-all") -> None:
        """Start the runs that the schedule would have had in a time that has passed; both ends are aware moments."""
        span = ScheduleBackfill(start_at=start, end_at=end, overlap=OVERLAP[overlap])
        with _about(schedule_id):
            await self.client.get_schedule_handle(schedule_id).backfill(span)

    async def delete(self, schedule_id: str) -> None:
        """Delete a schedule; runs that it has started go on."""
        with _about(schedule_id):
            await self.client.get_schedule_handle(schedule_id).delete()


def _about(schedule_id: str) -> AbstractContextManager[None]:
    return translated(f"Schedule {schedule_id!r}", listed_by="orchestrator schedule list")


def _workflow_ids(results: Sequence[ScheduleActionResult]) -> list[str]:
    actions = [result.action for result in results]
    return [action.workflow_id for action in actions if isinstance(action, ScheduleActionExecutionStartWorkflow)]
