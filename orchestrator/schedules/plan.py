"""What a schedule is to start and when, and the same as the server knows it: equal if nothing has to be done."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleDescription,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
)

from orchestrator import described, names
from orchestrator.large import LIMIT_BYTES, is_large
from orchestrator.model import Wire
from orchestrator.requests import aware
from orchestrator.schedules.times import CalendarTimes

Overlap = Literal["skip", "buffer-one", "buffer-all", "cancel-other", "terminate-other", "allow-all"]
"""What happens when a run is due and the one before it has not ended."""
Thread = Literal["fresh", "continued"]
"""Whether each run of a graph begins with a thread of its own, or goes on from the state that the last one left."""

OVERLAP: dict[Overlap, ScheduleOverlapPolicy] = {
    "skip": ScheduleOverlapPolicy.SKIP,
    "buffer-one": ScheduleOverlapPolicy.BUFFER_ONE,
    "buffer-all": ScheduleOverlapPolicy.BUFFER_ALL,
    "cancel-other": ScheduleOverlapPolicy.CANCEL_OTHER,
    "terminate-other": ScheduleOverlapPolicy.TERMINATE_OTHER,
    "allow-all": ScheduleOverlapPolicy.ALLOW_ALL,
}
AT_ONCE: Final = frozenset({"allow-all", "terminate-other"})
"""With these a run begins while nodes of the one before may still be running."""

MEMO_SCHEDULE: Final = "orch_schedule"
"""Memo of the workflows that a schedule of ours starts: its id, and the application that declares it, if one does."""
SERVERS_CATCH_UP: Final = timedelta(days=365)
LEAST_CATCH_UP: Final = timedelta(seconds=10)


def _cron(given: str) -> str:
    if "#" in given or "=" in given or given.startswith("@every"):
        raise ValueError(f"{given!r}: write a time zone as time_zone, an interval as every, and no comment")
    return " ".join(given.split())


def _utc(given: datetime) -> datetime:
    return aware(given, "a moment").astimezone(UTC)


Cron = Annotated[str, AfterValidator(_cron)]
Moment = Annotated[datetime, AfterValidator(_utc)]


class Plan(Wire):
    """What to start, and when."""

    workflow: str
    """The workflow type."""
    args: list[Any] = Field(default_factory=list)
    task_queue: str
    cron: list[Cron] = Field(default_factory=list)
    """`minute hour day month weekday`, or `@daily` and the like."""
    every: list[timedelta] = Field(default_factory=list)
    """Intervals, counted from 1970."""
    offset: timedelta = timedelta(0)
    """How much later than that."""
    calendars: list[CalendarTimes] = Field(default_factory=list)
    skip: list[CalendarTimes] = Field(default_factory=list)
    """Not at these times."""
    time_zone: str = "UTC"
    """IANA's name, such as `Europe/Berlin`; changes of clocks are followed."""
    jitter: timedelta = timedelta(0)
    """Each run begins up to this much later."""
    start_at: Moment | None = None
    end_at: Moment | None = None
    overlap: Overlap = "skip"
    catch_up: timedelta = SERVERS_CATCH_UP
    """Runs that were missed while the server was down are made up for, unless they are older than this."""
    pause_on_failure: bool = False
    by: str | None = None
    """Who starts the runs, for tasks that their starter may not decide: whoever created the schedule."""
    declared_by: str | None = None
    """The application that declares it; None: it was made by hand."""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not (self.cron or self.every or self.calendars):
            raise ValueError("say when: cron, every or calendars")
        if any(period < timedelta(seconds=1) for period in self.every):
            raise ValueError("every: at least a second")
        if self.offset and not all(timedelta(0) <= self.offset < period for period in self.every or [timedelta(0)]):
            raise ValueError("offset: it must be shorter than every")
        if self.jitter < timedelta(0) or self.catch_up < LEAST_CATCH_UP:
            raise ValueError("jitter cannot be negative, and catch_up is at least 10 s")
        if self.start_at and self.end_at and self.start_at > self.end_at:
            raise ValueError(f"end_at ({self.end_at.isoformat()}) is before start_at ({self.start_at.isoformat()})")
        if self.pause_on_failure and self.overlap == "allow-all":
            raise ValueError("pause_on_failure: with overlap 'allow-all' the server does not look how its runs end")
        if self.thread is not None and self.overlap in AT_ONCE:
            raise ValueError(f"overlap {self.overlap!r} would have two runs at once on the continued thread")
        if is_large(self.args):
            raise ValueError(f"the input is over {LIMIT_BYTES // 1024} KiB; have the graph read it from somewhere")
        return self

    @property
    def starts(self) -> str:
        """What a person calls it: the graph's name, or the workflow type."""
        request = self._request
        return str(request["graph"]) if request else self.workflow

    @property
    def when(self) -> str:
        """Its times, for people."""
        calendars = [each.model_dump_json(exclude_defaults=True) for each in self.calendars]
        times = ", ".join([*self.cron, *(f"every {each}" for each in self.every), *calendars])
        return times + "".join(
            f" {name.replace('_', ' ')} {moment.isoformat()}"
            for name, moment in (("start_at", self.start_at), ("end_at", self.end_at))
            if moment
        )

    @property
    def thread(self) -> str | None:
        """The name of the continued thread."""
        return self._request.get("thread")

    @property
    def _request(self) -> dict[str, Any]:
        first = self.args[0] if self.workflow == names.GRAPH_RUN and self.args else None
        return first if isinstance(first, dict) and "graph" in first else {}

    def changes(self, to: "Plan") -> dict[str, tuple[Any, Any]]:
        """The fields in which another plan differs, and both values."""
        before, after = self.model_dump(mode="json"), to.model_dump(mode="json")
        return {name: (before[name], after[name]) for name in before if before[name] != after[name]}

    def schedule(self, schedule_id: str, state: ScheduleState) -> Schedule:
        """As Temporal's client takes it. The cron expressions stand in it as comments: the server keeps only what they
        mean, and nobody could read or compare them."""
        memo: dict[str, Any] = {MEMO_SCHEDULE: {"id": schedule_id, "declared_by": self.declared_by}}
        if self.by:
            memo[names.MEMO_STARTED_BY] = self.by
        return Schedule(
            action=ScheduleActionStartWorkflow(
                self.workflow,
                args=self.args,
                id=schedule_id,
                task_queue=self.task_queue,
                memo=memo,
                static_summary=described.summary(self.workflow, self.args),
                static_details=described.details(self.workflow, self.args, self.by),
            ),
            spec=ScheduleSpec(
                cron_expressions=[f"{cron} # {cron}" for cron in self.cron],
                intervals=[ScheduleIntervalSpec(every=period, offset=self.offset or None) for period in self.every],
                calendars=[calendar.spec() for calendar in self.calendars],
                skip=[calendar.spec() for calendar in self.skip],
                start_at=self.start_at,
                end_at=self.end_at,
                jitter=self.jitter or None,
                time_zone_name=self.time_zone,
            ),
            policy=SchedulePolicy(
                overlap=OVERLAP[self.overlap],
                catchup_window=self.catch_up,
                pause_on_failure=self.pause_on_failure,
            ),
            state=state,
        )

    @classmethod
    async def of(cls, found: ScheduleDescription, client: Client) -> "Plan | None":
        """From the server; None of one that starts no workflow, or does it in a way of its own."""
        action, spec, policy = found.schedule.action, found.schedule.spec, found.schedule.policy
        if not isinstance(action, ScheduleActionStartWorkflow):
            return None
        memo = {name: (await client.data_converter.decode([value]))[0] for name, value in (action.memo or {}).items()}
        mark = memo.get(MEMO_SCHEDULE)
        ours = isinstance(mark, dict)
        calendars = [calendar for calendar in spec.calendars if not (ours and calendar.comment)]
        offset = next((each.offset for each in spec.intervals if each.offset), timedelta(0))
        return cls.model_construct(  # what others have made may be what we would refuse
            workflow=action.workflow,
            args=await client.data_converter.decode(action.args),
            task_queue=action.task_queue,
            cron=[calendar.comment for calendar in spec.calendars if ours and calendar.comment],
            every=[each.every for each in spec.intervals],
            offset=offset,
            calendars=[CalendarTimes.of(calendar) for calendar in calendars],
            skip=[CalendarTimes.of(calendar) for calendar in spec.skip],
            time_zone=spec.time_zone_name or "UTC",
            jitter=spec.jitter or timedelta(0),
            start_at=spec.start_at,
            end_at=spec.end_at,
            overlap=next((ours for ours, theirs in OVERLAP.items() if theirs == policy.overlap), "skip"),
            catch_up=policy.catchup_window or SERVERS_CATCH_UP,
            pause_on_failure=policy.pause_on_failure,
            by=memo.get(names.MEMO_STARTED_BY),
            declared_by=mark.get("declared_by") if isinstance(mark, dict) else None,
        )
