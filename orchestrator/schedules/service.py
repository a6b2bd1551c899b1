"""Starting graphs and workflows by the clock, over Temporal's Schedules."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field
from temporalio.client import (
    Client,
    ScheduleActionExecution,
    ScheduleActionExecutionStartWorkflow,
    ScheduleBackfill,
    ScheduleDescription,
    ScheduleHandle,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from orchestrator.errors import Refused
from orchestrator.model import Record
from orchestrator.rpc import AlreadyExists, NotFound, translated
from orchestrator.schedules.noted import noted, renoted
from orchestrator.schedules.plan import AT_ONCE, OVERLAP, Overlap, Plan
from orchestrator.schedules.times import CalendarTimes

AT_THE_SAME_TIME = 10
"""Descriptions that a list asks for."""

Done = Literal["created", "changed", "unchanged"]


class ScheduleInfo(Record):
    """A schedule as the server knows it."""

    schedule_id: str
    starts: str | None = None
    """The graph, or the workflow type."""
    cron: list[str] = Field(default_factory=list)
    """As they were written; of one that was not made by us they are among the calendars."""
    every: list[timedelta] = Field(default_factory=list)
    offset: timedelta = timedelta(0)
    calendars: list[CalendarTimes] = Field(default_factory=list)
    skip: list[CalendarTimes] = Field(default_factory=list)
    time_zone: str = "UTC"
    jitter: timedelta = timedelta(0)
    start_at: datetime | None = None
    end_at: datetime | None = None
    paused: bool
    note: str | None = None
    next_at: list[datetime]
    """The next times, at most ten."""
    next_local: list[str] = Field(default_factory=list)
    """The same on the clock of its time zone."""
    running: list[str] = Field(default_factory=list)
    """Workflow ids of the runs that have not ended."""
    recent: list[str]
    """Workflow ids of the latest runs, at most ten."""
    overlap: str | None = None
    catch_up: timedelta | None = None
    pause_on_failure: bool = False
    thread: str | None = None
    """The name of the continued thread; None: each run has a fresh one."""
    by: str | None = None
    declared_by: str | None = None
    """The application that declares it; None: it was made by hand."""
    task_queue: str | None = None
    runs: int = 0
    """How many were started so far."""
    missed: int = 0
    """How many were not, because no server was up in time."""
    skipped: int = 0
    """How many were not, because the one before had not ended."""

    @classmethod
    def of(cls, found: ScheduleDescription, plan: Plan | None) -> Self:
        """From a description."""
        state, info = found.schedule.state, found.info
        planned = {name: getattr(plan, name) for name in Plan.model_fields if name in cls.model_fields} if plan else {}
        return cls(
            **planned,
            schedule_id=found.id,
            starts=plan.starts if plan else None,
            thread=plan.thread if plan else None,
            paused=state.paused,
            note=state.note or None,
            next_at=list(info.next_action_times),
            next_local=_local(info.next_action_times, plan.time_zone if plan else "UTC"),
            running=_workflow_ids(info.running_actions),
            recent=_workflow_ids(result.action for result in info.recent_actions),
            runs=info.num_actions,
            missed=info.num_actions_missed_catchup_window,
            skipped=info.num_actions_skipped_overlap,
        )


class Schedules:
    """The schedules of one namespace.

    Raises (each method):
        NotFound: There is no schedule of that id. *Not retryable.*
        Refused: What was asked for makes no sense; the message says what. *Not retryable.*
    """

    def __init__(self, client: Client) -> None:
        self.client = client

    async def create(
        self,
        schedule_id: str,
        plan: Plan,
        *,
        paused: bool | None = None,
        note: str | None = None,
        replace: bool = False,
        idle: bool = False,
    ) -> Done:
        """Create a schedule; each run's workflow id is the schedule's and the time. One that is so already is left as
        it is; with `replace`, another one of that id is changed into it, and its runs and their count stay.

        Args:
            schedule_id: Its id.
            plan: What and when.
            paused: Whether to start nothing until `resume`; None: no, and an operator's pause stays.
            note: Shown with it; None: the one it has.
            replace: Whether another one of that id may be changed.
            idle: Whether a new one may be made that never starts anything.

        Raises:
            AlreadyExists: There is another one of that id. *Not retryable.*
            Refused: No time is left at which it would start anything; nothing was made. *Not retryable.*
        """
        known = await self.plan(schedule_id)
        if known is None:
            state = ScheduleState(paused=bool(paused), note=note)
            with _about(schedule_id):
                handle = await self.client.create_schedule(schedule_id, plan.schedule(schedule_id, state))
            if not idle and await self.never_starts(schedule_id):  # only the server knows, and only of one that it has
                with _about(schedule_id):
                    await handle.delete()
                raise Refused(
                    f"Schedule {schedule_id!r} would never start anything: {plan.when} has no time that is yet to come."
                )
            return "created"
        changes = known.changes(plan)
        if not changes:
            return "unchanged"
        if not replace:
            raise AlreadyExists(
                f"Schedule {schedule_id!r} exists already, and differs in {told(changes)}. Change it with --replace, "
                "or choose another id."
            )
        with _about(schedule_id):
            await self._handle(schedule_id).update(lambda before: _updated(before, plan, paused=paused, note=note))
        return "changed"

    async def never_starts(self, schedule_id: str) -> bool:
        """Whether no time is left at which a schedule starts anything."""
        return not (await self.show(schedule_id)).next_at

    async def plan(self, schedule_id: str) -> Plan | None:
        """What a schedule starts and when; None: there is none of that id."""
        try:
            with _about(schedule_id):
                found = await self._handle(schedule_id).describe()
        except NotFound:
            return None
        return await Plan.of(found, self.client)

    async def list(self) -> list[ScheduleInfo]:
        """All of them, by id."""
        with translated("The list of schedules"):
            ids = sorted([found.id async for found in await self.client.list_schedules()])
        turn = asyncio.Semaphore(AT_THE_SAME_TIME)

        async def one(schedule_id: str) -> ScheduleInfo | None:
            async with turn:
                try:
                    return await self.show(schedule_id)
                except NotFound:  # deleted meanwhile
                    return None

        return [info for info in await asyncio.gather(*map(one, ids)) if info is not None]

    async def show(self, schedule_id: str) -> ScheduleInfo:
        """One of them."""
        with _about(schedule_id):
            found = await self._handle(schedule_id).describe()
        return ScheduleInfo.of(found, await Plan.of(found, self.client))

    async def pause(self, schedule_id: str, note: str | None = None, by: str | None = None) -> None:
        """Start nothing until `resume`; who did it and why is put behind the schedule's own note."""
        said = noted((await self.show(schedule_id)).note, "paused", by, note)
        with _about(schedule_id):
            await self._handle(schedule_id).pause(note=said)

    async def resume(self, schedule_id: str, note: str | None = None, by: str | None = None) -> None:
        """The opposite of `pause`."""
        said = noted((await self.show(schedule_id)).note, "resumed", by, note)
        with _about(schedule_id):
            await self._handle(schedule_id).unpause(note=said)

    async def trigger(self, schedule_id: str, overlap: Overlap | None = None) -> None:
        """Start a run now, also of a paused schedule.

        Args:
            schedule_id: Its id.
            overlap: What if another run has not ended; None: `allow-all`, or of a continued thread the schedule's own.
        """
        info = await self.show(schedule_id)
        chosen = overlap or (None if info.thread else "allow-all")
        _check_one_at_a_time(info, chosen)
        with _about(schedule_id):
            await self._handle(schedule_id).trigger(overlap=OVERLAP[chosen] if chosen else None)

    async def backfill(self, schedule_id: str, start: datetime, end: datetime, overlap: Overlap | None = None) -> None:
        """Start the runs that the schedule would have had in a time that has passed; both ends are aware moments.

        Args:
            schedule_id: Its id.
            start: The first moment.
            end: The last.
            overlap: Among those runs; None: `allow-all`, or of a continued thread `buffer-all`, one after the other.
        """
        if start > end:
            raise Refused(
                f"There is no time between {start.isoformat()} and {end.isoformat()}: it ends before it starts."
            )
        info = await self.show(schedule_id)
        chosen = overlap or ("buffer-all" if info.thread else "allow-all")
        _check_one_at_a_time(info, chosen)
        span = ScheduleBackfill(start_at=start, end_at=end, overlap=OVERLAP[chosen])
        with _about(schedule_id):
            await self._handle(schedule_id).backfill(span)

    async def delete(self, schedule_id: str) -> None:
        """Delete a schedule; runs that it has started go on."""
        with _about(schedule_id):
            await self._handle(schedule_id).delete()

    def _handle(self, schedule_id: str) -> ScheduleHandle:
        return self.client.get_schedule_handle(schedule_id)


def told(changes: dict[str, tuple[Any, Any]]) -> str:
    """Changes, for people."""
    return "; ".join(f"{name.replace('_', ' ')}: {before!r} -> {after!r}" for name, (before, after) in changes.items())


def _updated(before: ScheduleUpdateInput, plan: Plan, *, paused: bool | None, note: str | None) -> ScheduleUpdate:
    state = before.description.schedule.state
    state.paused = state.paused if paused is None else paused
    state.note = state.note if note is None else renoted(state.note, note)
    return ScheduleUpdate(plan.schedule(before.description.id, state))


def _check_one_at_a_time(info: ScheduleInfo, overlap: str | None) -> None:
    if info.thread and overlap in AT_ONCE:
        raise Refused(f"Schedule {info.schedule_id!r} goes on with one thread: {overlap} would have two runs on it.")


def _local(moments: Sequence[datetime], time_zone: str) -> list[str]:
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):  # the server knows it, and this machine does not
        return [moment.isoformat() for moment in moments]
    return [moment.astimezone(zone).isoformat() for moment in moments]


def _about(schedule_id: str) -> AbstractContextManager[None]:
    return translated(f"Schedule {schedule_id!r}", listed_by="orchestrator schedule list")


def _workflow_ids(actions: Iterable[ScheduleActionExecution]) -> list[str]:
    return [action.workflow_id for action in actions if isinstance(action, ScheduleActionExecutionStartWorkflow)]
