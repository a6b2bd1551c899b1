"""The recorded step that turns business time into moments."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from temporalio import activity

from orchestrator import names
from orchestrator.activity.failures import to_application_error
from orchestrator.business_time import Calendar
from orchestrator.calls import Plan, Planned
from orchestrator.errors import BadInput, MissingExtra

REPEATED = 20
"""How many reminders at an interval of business time are planned at once."""


def planner(calendars: Mapping[str, Calendar]) -> Callable[..., Any]:
    """The local activity `orchestrator.plan` over an application's calendars."""

    @activity.defn(name=names.PLAN)
    def plan(wanted: Plan) -> Planned:
        """The moments, in UTC.

        Raises:
            ApplicationError: Of type BadInput: no such calendar, or it never gets that far. *Not retryable.*
        """
        calendar = calendars.get(wanted.calendar)
        if calendar is None:
            there_are = ", ".join(sorted(calendars)) or "none"
            raise to_application_error(
                BadInput(
                    f"No calendar named {wanted.calendar!r}; this worker has: {there_are}. "
                    "Register it with app.calendar(...) or in ORCHESTRATOR_CALENDARS."
                )
            )
        try:
            moments = [calendar.after(wanted.start, length) for length in wanted.after]
            return Planned(moments=moments, repeated=_repeated(calendar, wanted))
        except (ValueError, MissingExtra) as error:
            raise to_application_error(BadInput(f"Calendar {wanted.calendar!r}: {error}")) from error

    return plan


def _repeated(calendar: Calendar, wanted: Plan) -> list[datetime]:
    if wanted.every is None:
        return []
    moments: list[datetime] = []
    moment = wanted.start
    while len(moments) < REPEATED:
        moment = calendar.after(moment, wanted.every)
        moments.append(moment)
    return moments
