from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from orchestrator.devserver import DevServer
from orchestrator.schedules.plan import Plan
from orchestrator.schedules.service import Schedules


async def next_local(temporal: DevServer, **when: Any) -> list[str]:
    """When a schedule would start, on the clock of Berlin, where clocks change on 2027-03-28 and 2027-10-31."""
    schedules, schedule_id = Schedules(await temporal.client()), f"s-{uuid4().hex[:10]}"
    plan = Plan(workflow="Nothing", task_queue="none", time_zone="Europe/Berlin", **when)
    await schedules.create(schedule_id, plan, paused=True)
    found = (await schedules.show(schedule_id)).next_local
    await schedules.delete(schedule_id)
    return found


async def test_a_time_of_day_stays_what_it_is_in_spring(temporal: DevServer) -> None:
    found = await next_local(temporal, cron=["0 6 * * *"], start_at="2027-03-27T00:00:00Z")
    assert found[:3] == ["2027-03-27T06:00:00+01:00", "2027-03-28T06:00:00+02:00", "2027-03-29T06:00:00+02:00"]


async def test_a_time_that_a_day_does_not_have_is_left_out(temporal: DevServer) -> None:
    found = await next_local(temporal, cron=["30 2 * * *"], start_at="2027-03-27T00:00:00Z")
    assert found[:2] == ["2027-03-27T02:30:00+01:00", "2027-03-29T02:30:00+02:00"]


async def test_a_time_that_a_day_has_twice_counts_once(temporal: DevServer) -> None:
    found = await next_local(temporal, cron=["30 2 * * *"], start_at="2027-10-30T00:00:00Z")
    assert found[:3] == ["2027-10-30T02:30:00+02:00", "2027-10-31T02:30:00+01:00", "2027-11-01T02:30:00+01:00"]


async def test_calendars_and_exceptions_are_on_that_clock_too(temporal: DevServer) -> None:
    found = await next_local(
        temporal,
        calendars=[{"hour": "9-17/4", "day_of_week": "MON-FRI"}],
        skip=[{"hour": "*", "month": "MAR", "day_of_month": 29}],
        start_at="2027-03-26T08:30:00Z",
    )
    assert found[:3] == ["2027-03-26T13:00:00+01:00", "2027-03-26T17:00:00+01:00", "2027-03-30T09:00:00+02:00"]


async def test_an_interval_knows_no_clock(temporal: DevServer) -> None:
    found = await next_local(temporal, every=["PT12H"], offset="PT1H", start_at="2027-03-27T12:00:00Z")
    assert found[:3] == ["2027-03-27T14:00:00+01:00", "2027-03-28T03:00:00+02:00", "2027-03-28T15:00:00+02:00"]


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ({}, "say when"),
        ({"cron": ["@every 1h"]}, "an interval as every"),
        ({"cron": ["CRON_TZ=UTC 0 6 * * *"]}, "a time zone as time_zone"),
        ({"every": ["PT1H"], "offset": "PT1H"}, "shorter than every"),
        ({"every": ["PT0.5S"]}, "at least a second"),
        ({"calendars": [{"hour": "25"}]}, "not within 0 to 23"),
        ({"calendars": [{"month": "NOTHING"}]}, "no month"),
        ({"cron": ["@daily"], "start_at": "2027-01-01T00:00:00"}, "has no time zone"),
        ({"cron": ["@daily"], "catch_up": "PT1S"}, "at least 10 s"),
    ],
)
def test_times_that_make_no_sense_are_refused(when: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Plan(workflow="Nothing", task_queue="none", **when)
