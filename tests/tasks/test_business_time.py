"""On a server whose clock stands in the year 2040."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.support.graphs import EMPTY
from tests.support.local import Local, application, decide, failure, open_tasks, output, serving
from tests.tasks.desk import asking, moment, parked, recorded
from tests.tasks.working import Working

DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2040, 3, 23, 15, tzinfo=BERLIN)
"""The clocks are put on in the night to Sunday."""
CHRISTMAS_EVE = datetime(2040, 12, 24, 10, tzinfo=BERLIN)


@asynccontextmanager
async def at(now: datetime, **details: Any) -> AsyncIterator[Local]:
    """A server at a moment, with a graph that asks by the calendar `berlin`."""
    app = application(ask=asking(calendar="berlin", **details))
    app.calendar("berlin", time_zone="Europe/Berlin", holidays="DE")
    async with serving(app) as local:
        await local.environment.sleep(now - await local.environment.get_current_time())
        yield local


def shown(text: str) -> str:
    return f"{moment(text).astimezone(BERLIN):%a %d %H:%M}"


@pytest.mark.parametrize(
    ("now", "due", "expected"),
    [
        (FRIDAY, DAY, "Mon 26 15:00"),
        (FRIDAY, timedelta(hours=3), "Mon 26 10:00"),
        (FRIDAY + DAY, timedelta(hours=3), "Mon 26 12:00"),
        (CHRISTMAS_EVE, DAY, "Thu 27 10:00"),
        (CHRISTMAS_EVE, timedelta(days=2, hours=7), "Mon 31 09:00"),
    ],
    ids=["over a week-end", "hours over a week-end", "from a week-end on", "over holidays", "days and hours"],
)
async def test_says_when_a_task_is_due(now: datetime, due: timedelta, expected: str) -> None:
    async with at(now, due=due, follow_up=due) as local:
        (task,) = await open_tasks(await local.graph("ask", EMPTY))
        assert [shown(task["due_at"]), shown(task["follow_up_at"])] == [expected, expected]


async def test_says_when_people_are_reminded_and_further_ones_asked() -> None:
    steps = [{"after": 2 * DAY, "to": ["boss"]}]
    async with at(FRIDAY, remind_every=DAY, due=3 * DAY, escalations=steps, escalate_to=["owner"]) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await local.days(4.5)
        assert [shown(entry["at"]) for entry in await recorded(handle, "reminded")] == ["Mon 26 15:00", "Tue 27 15:00"]
        escalated = [(shown(entry["at"]), entry["detail"]) for entry in await recorded(handle, "escalated")]
        assert escalated == [("Tue 27 15:00", ["boss"])]
        await local.days(2.5)
        assert [entry["detail"] for entry in await recorded(handle, "escalated", 2)] == [["boss"], ["owner"]]
        assert shown((await recorded(handle, "overdue"))[0]["at"]) == "Wed 28 15:00"
        assert [shown(entry["at"]) for entry in await recorded(handle, "reminded", 3)][2:] == ["Thu 29 15:00"]


async def test_reminds_of_a_task_that_is_overdue_since_a_moment() -> None:
    async with at(FRIDAY, remind_every=DAY, due=datetime(2040, 3, 27, tzinfo=UTC)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await local.days(5.5)
        reminded = [shown(entry["at"])[:6] for entry in await recorded(handle, "reminded", 3)]
        assert reminded == ["Mon 26", "Tue 27", "Wed 28"]


async def test_reminds_for_as_long_as_it_takes() -> None:
    async with at(FRIDAY, remind_every=timedelta(hours=1)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await local.days(28)
        assert len(await recorded(handle, "reminded")) > 120
        await decide(handle)
        await handle.result()


UNKNOWN = "No calendar named 'berlin'; this worker has: london, paris."


async def test_of_a_calendar_that_there_is_not_parks_a_stage_and_fails_a_workflow() -> None:
    app = application(ask=asking(calendar="berlin", due=DAY))
    app.workflow(Working)
    for name, zone in (("paris", "Europe/Paris"), ("london", "Europe/London")):
        app.calendar(name, time_zone=zone)
    async with serving(app) as local:
        error = await failure(await local.start("Working"))
        assert error.type == "BadInput"
        assert UNKNOWN in error.message
        reason = await parked(await local.graph("ask", EMPTY))
        assert reason.startswith("BadInput: ")
        assert UNKNOWN in reason


async def test_of_the_settings_counts_in_graphs_and_workflows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_CALENDARS", json.dumps({"berlin": {"time_zone": "Europe/Berlin"}}))
    app = application(ask=asking(calendar="berlin", due=DAY))
    app.workflow(Working)
    async with serving(app) as local:
        await local.environment.sleep(FRIDAY - await local.environment.get_current_time())
        for handle in (await local.graph("ask", EMPTY), await local.start("Working")):
            (task,) = await open_tasks(handle)
            assert shown(task["due_at"]) == "Mon 26 15:00"
            await decide(handle)
            await handle.result()


async def test_may_be_a_graph_s_default() -> None:
    async with at(FRIDAY) as local:
        handle = await local.graph("ask", EMPTY, options={"human": {"due": "P1D", "calendar": "berlin"}})
        (task,) = await open_tasks(handle)
        assert shown(task["due_at"]) == "Mon 26 15:00"
        await decide(handle)
        assert len((await output(handle))["log"]) == 1
