from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from orchestrator.business_time import WEEK, Calendar

A_DAY, AN_HOUR, HALF_AN_HOUR = timedelta(days=1), timedelta(hours=1), timedelta(minutes=30)

# Where, the day on which the clock changes, and how long that day is.
CHANGES = {
    "forward in Berlin": ("Europe/Berlin", "2026-03-29", 23 * AN_HOUR),
    "back in Berlin": ("Europe/Berlin", "2026-10-25", 25 * AN_HOUR),
    "forward on Lord Howe Island": ("Australia/Lord_Howe", "2026-10-04", 47 * HALF_AN_HOUR),
    "back on Lord Howe Island": ("Australia/Lord_Howe", "2026-04-05", 49 * HALF_AN_HOUR),
    "forward at midnight in Sao Paulo": ("America/Sao_Paulo", "2018-11-04", 23 * AN_HOUR),
    "back at midnight in Sao Paulo": ("America/Sao_Paulo", "2018-02-17", 25 * AN_HOUR),
    "back to midnight in Havana": ("America/Havana", "2026-11-01", 25 * AN_HOUR),
    "never in Kathmandu": ("Asia/Kathmandu", "2026-03-29", 24 * AN_HOUR),
}


def at(zone: str, moment: str, fold: int = 0) -> datetime:
    """In UTC, because Python takes a time that a clock skips or repeats for unequal to every other zone's."""
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(("zone", "day", "length"), CHANGES.values(), ids=CHANGES)
def test_hours_are_those_that_elapse(zone: str, day: str, length: timedelta) -> None:
    begin = at(zone, day)
    weekday = WEEK[datetime.fromisoformat(day).weekday()]
    calendar = Calendar(time_zone=zone, days=[weekday], opens=time(0), closes=time(0))
    next_week = calendar.after(begin + length, timedelta(0))
    assert next_week - (begin + length) > 5 * A_DAY
    assert calendar.after(begin - HALF_AN_HOUR, timedelta(0)) == begin
    assert calendar.after(begin, 23 * AN_HOUR) == begin + 23 * AN_HOUR
    assert calendar.after(begin + length - AN_HOUR, AN_HOUR) == begin + length
    assert calendar.after(begin + length - AN_HOUR, 3 * AN_HOUR) == next_week + 2 * AN_HOUR


@pytest.mark.parametrize(("zone", "day", "length"), CHANGES.values(), ids=CHANGES)
def test_hours_run_on_through_the_change(zone: str, day: str, length: timedelta) -> None:
    always = Calendar(time_zone=zone, days=list(WEEK), opens=time(0), closes=time(0))
    for hours in range(24):
        assert always.after(at(zone, day) - 3 * AN_HOUR, hours * AN_HOUR) == at(zone, day) + (hours - 3) * AN_HOUR
    assert always.after(at(zone, day), A_DAY) - at(zone, day) in {length, A_DAY}


@pytest.mark.parametrize(("zone", "day", "length"), CHANGES.values(), ids=CHANGES)
def test_days_keep_the_local_time(zone: str, day: str, length: timedelta) -> None:
    office = Calendar(time_zone=zone, days=list(WEEK))
    first, *days = (datetime.fromisoformat(f"{day}T10:15") + number * A_DAY for number in range(-2, 3))
    ends = [office.after(at(zone, str(first)), number * A_DAY) for number in range(1, 5)]
    assert ends == [at(zone, str(local)) for local in days]
    assert at(zone, str(datetime.fromisoformat(day) + A_DAY)) - at(zone, day) == length


def test_a_time_that_the_clock_skips_is_the_leap() -> None:
    office = Calendar(time_zone="Europe/Berlin", days=list(WEEK), opens=time(2, 30), closes=time(12))
    assert office.after(at("Europe/Berlin", "2026-03-29T00:00"), timedelta(0)) == at(
        "Europe/Berlin", "2026-03-29T03:00"
    )
    saturday = at("Europe/Berlin", "2026-03-28T02:45:00.5")
    assert office.after(saturday, A_DAY) == at("Europe/Berlin", "2026-03-29T03:00")
    assert office.after(saturday, 2 * A_DAY) == at("Europe/Berlin", "2026-03-30T02:45:00.5")


def test_a_time_that_the_clock_shows_twice_is_the_first() -> None:
    early = Calendar(time_zone="Europe/Berlin", days=list(WEEK), opens=time(1), closes=time(2, 30))
    one = at("Europe/Berlin", "2026-10-25T01:00")
    assert early.after(one, timedelta(minutes=90)) == at("Europe/Berlin", "2026-10-25T02:30")
    assert early.after(one, timedelta(minutes=91)) == at("Europe/Berlin", "2026-10-26T01:01")
    late = early.model_copy(update={"opens": time(2, 30), "closes": time(12)})
    again = at("Europe/Berlin", "2026-10-25T02:10", fold=1)
    assert late.after(again, timedelta(0)) == again
    assert late.after(again, A_DAY) == at("Europe/Berlin", "2026-10-26T02:30")


def test_a_day_that_the_clock_skips_is_no_working_day() -> None:
    office = Calendar(time_zone="Pacific/Apia")  # there was no Friday, 30 December 2011, in Samoa
    thursday = at("Pacific/Apia", "2011-12-29T10:00")
    assert office.after(thursday, A_DAY) == at("Pacific/Apia", "2012-01-02T10:00")
    assert office.after(thursday, timedelta(hours=8)) == at("Pacific/Apia", "2012-01-02T10:00")
