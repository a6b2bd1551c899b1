"""What holds for every calendar, start and duration, however long."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.business_time import WEEK, Calendar

ZONES = ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "America/Havana", "Pacific/Apia"]

at_any_speed = settings(deadline=None)

clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))
days = st.integers(0, 400).map(lambda number: timedelta(days=number))
hours = st.integers(0, 24 * 3600 - 1).map(lambda number: timedelta(seconds=number))
starts = st.integers(0, 35 * 365 * 24 * 3600).map(
    lambda number: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(0, number)
)


@st.composite
def calendars(draw: st.DrawFn, time_zone: str | None = None) -> Calendar:
    # At least a minute long: with less, 24 hours would take more than the hundred years that are allowed.
    one, other = draw(st.lists(clocks, min_size=2, max_size=2, unique=True))
    return Calendar(
        holidays=draw(st.sampled_from([None, "DE-BY", "US-CA", "XNYS"])),
        time_zone=time_zone or draw(st.sampled_from(ZONES)),
        days=draw(st.lists(st.sampled_from(WEEK), min_size=1, unique=True)),
        opens=min(one, other),
        closes=draw(st.sampled_from([max(one, other), time(0)])),
        closed_on=draw(st.lists(st.dates(date(2000, 1, 1), date(2036, 1, 1)), max_size=3)),
    )


def is_open(calendar: Calendar, moment: datetime) -> bool:
    return calendar.after(moment, timedelta(0)) == moment


@at_any_speed
@given(calendars(), starts, days, hours)
def test_the_end_is_in_working_time_or_where_it_closes(
    calendar: Calendar, start: datetime, days: timedelta, hours: timedelta
) -> None:
    end = calendar.after(start, days + hours)
    assert is_open(calendar, end) or is_open(calendar, end - timedelta.resolution)


@at_any_speed
@given(calendars(), starts, days, hours, days)
def test_more_days_end_later(
    calendar: Calendar, start: datetime, days: timedelta, hours: timedelta, more: timedelta
) -> None:
    assert calendar.after(start, days + hours) <= calendar.after(start, days + more + hours)


@at_any_speed
@given(calendars(), starts, days, hours, hours)
def test_more_hours_end_later(
    calendar: Calendar, start: datetime, days: timedelta, one: timedelta, other: timedelta
) -> None:
    less, more = sorted([one, other])
    assert calendar.after(start, days + less) <= calendar.after(start, days + more)


@at_any_speed
@given(calendars(), starts, days, hours, hours)
def test_hours_in_two_portions_end_where_they_do_in_one(
    calendar: Calendar, start: datetime, days: timedelta, one: timedelta, other: timedelta
) -> None:
    # Not nothing: the first may end where it closes, and from there even nothing goes on to the next opening.
    first, second = one // 2, max(other // 2, timedelta.resolution)
    in_two = calendar.after(calendar.after(start, days + first), second)
    assert in_two == calendar.after(start, days + first + second)


@at_any_speed
@given(calendars(time_zone="UTC"), starts, days, days)
def test_days_in_two_portions_end_where_they_do_in_one(
    calendar: Calendar, start: datetime, one: timedelta, other: timedelta
) -> None:
    # In UTC: elsewhere the first portion may end at a time that the clock skips or shows twice.
    assert calendar.after(calendar.after(start, one), other) == calendar.after(start, one + other)


@at_any_speed
@given(calendars(time_zone="UTC"), starts, days, hours, st.dates(date(2000, 1, 1), date(2036, 1, 1)))
def test_another_closed_day_never_ends_it_earlier(
    calendar: Calendar, start: datetime, days: timedelta, hours: timedelta, closed: date
) -> None:
    fewer = calendar.model_copy(update={"closed_on": [*calendar.closed_on, closed]})
    assert fewer.after(start, days + hours) >= calendar.after(start, days + hours)


@at_any_speed
@given(calendars(), starts, days, hours, st.sampled_from(ZONES))
def test_the_zone_in_which_the_start_is_told_does_not_matter(
    calendar: Calendar, start: datetime, days: timedelta, hours: timedelta, zone: str
) -> None:
    elsewhere = start.astimezone(ZoneInfo(zone))
    assert calendar.after(elsewhere, days + hours) == calendar.after(start, days + hours)
