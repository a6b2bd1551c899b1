"""The moments in the life of an open task: reminders, escalations, the due date."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from pydantic import Field

from orchestrator.calls import Plan, Planned
from orchestrator.model import Record
from orchestrator.requests import AskRequest


class Moment(NamedTuple):
    """When something happens to a task, and what."""

    at: datetime
    what: Literal["Reminder", "Escalation", "Due"]


class Step(Record):
    """Who is asked as well, and when."""

    at: datetime
    to: list[str]


class Timetable(Record):
    """What is still to come."""

    due_at: datetime | None = None
    follow_up_at: datetime | None = None
    reminders: list[datetime] = Field(default_factory=list)
    """Those that the question lists."""
    every: timedelta | None = None
    repeated: list[datetime] = Field(default_factory=list)
    """The next reminders at that interval: in calendar time one, in business time as many as were planned at once."""
    calendar: str | None = None
    escalations: list[Step] = Field(default_factory=list)
    overdue: bool = False
    """The due date has passed, and the task stays open."""

    @property
    def reminder(self) -> datetime | None:
        """The next reminder; none once the due date comes first."""
        first = min([*self.reminders[:1], *self.repeated[:1]], default=None)
        if first is None:
            return None
        return None if self.due_at is not None and not self.overdue and first >= self.due_at else first

    @property
    def next(self) -> Moment | None:
        """What comes first; of one moment the escalation before the due date."""
        moments: list[Moment] = []
        if self.reminder is not None:
            moments.append(Moment(self.reminder, "Reminder"))
        if self.escalations:
            moments.append(Moment(self.escalations[0].at, "Escalation"))
        if self.due_at is not None and not self.overdue:
            moments.append(Moment(self.due_at, "Due"))
        return min(moments, key=lambda moment: moment.at, default=None)

    def after_reminder(self, now: datetime) -> "Timetable":
        """Without the reminder that has come, and without those that were missed meanwhile."""
        repeated = [moment for moment in self.repeated if moment > now]
        if self.every is not None and self.calendar is None and self.repeated and not repeated:
            passed = (now - self.repeated[0]) // self.every + 1
            repeated = [self.repeated[0] + passed * self.every]
        left = [moment for moment in self.reminders if moment > now]
        return self.model_copy(update={"reminders": left, "repeated": repeated})

    @property
    def used_up(self) -> bool:
        """Whether reminders in business time have to be planned on."""
        return self.calendar is not None and self.every is not None and not self.repeated

    async def planned_on(self, now: datetime, planner: "Planner") -> "Timetable":
        """With the next reminders in business time."""
        assert self.calendar is not None
        planned = await planner(Plan(calendar=self.calendar, start=now, after=[], every=self.every))
        return self.model_copy(update={"repeated": planned.repeated})

    def after_escalation(self) -> "Timetable":
        """Without the step that was taken."""
        return self.model_copy(update={"escalations": self.escalations[1:]})

    def after_due(self, now: datetime) -> "Timetable":
        """Of a task that stays open: no due date is to come, and reminders go on."""
        return self.model_copy(update={"overdue": True}).after_reminder(now)


Planner = Callable[[Plan], Awaitable[Planned]]
"""The local activity that knows the calendars."""


async def timetable(ask: AskRequest, now: datetime, planner: Planner) -> Timetable:
    """The timetable of a question that is asked now.

    Raises:
        ApplicationError: Of type BadInput: there is no such calendar. *Not retryable.*
    """
    reminders, steps = ask.remind_after or [], ask.escalations or []
    lengths = [length for length in (ask.due, ask.follow_up) if length is not None]
    lengths += [*reminders, *(step.after for step in steps)]
    if ask.calendar is None:
        moments, repeated = [now + length for length in lengths], [now + ask.remind_every] if ask.remind_every else []
    else:
        planned = await planner(Plan(calendar=ask.calendar, start=now, after=lengths, every=ask.remind_every))
        moments, repeated = planned.moments, planned.repeated
    coming = iter(moments)
    due_at = next(coming) if ask.due is not None else ask.due_at
    follow_up_at = next(coming) if ask.follow_up is not None else ask.follow_up_at
    reminded = [next(coming) for _ in reminders]
    escalations = [Step(at=next(coming), to=step.to) for step in steps]
    if ask.escalate_to and due_at is not None:
        escalations.append(Step(at=due_at, to=ask.escalate_to))
    return Timetable(
        due_at=due_at,
        follow_up_at=follow_up_at,
        reminders=sorted(reminded),
        every=ask.remind_every,
        repeated=repeated,
        calendar=ask.calendar,
        escalations=sorted(escalations, key=lambda step: step.at),
    )
