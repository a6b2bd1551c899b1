"""Whatever the calendar: the same as going through the minutes one by one, with the eyes on a clock."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, groupby, islice
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.business_time import WEEK, Calendar, public_holidays

A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)

CHANGES = [
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("America/Sao_Paulo", "2018-02-18"),
    ("America/Sao_Paulo", "2018-11-04"),
    ("America/Havana", "2026-03-08"),
    ("America/Havana", "2026-11-01"),
    ("America/St_Johns", "2010-11-07"),  # at 00:01, back into the day before
    ("Pacific/Apia", "2011-12-30"),  # a day that there was not
    ("Africa/Casablanca", "2026-02-15"),
    ("Asia/Kathmandu", "2026-12-30"),
    ("UTC", "2027-01-01"),
]

quarters = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


@st.composite
def calendars_and_starts(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    zone, change = draw(st.sampled_from(CHANGES))
    begin = datetime.fromisoformat(change).replace(tzinfo=UTC)
    near = st.integers(-4, 6).map(lambda number: (begin + number * A_DAY).date())
    own = draw(st.dictionaries(near, st.booleans(), max_size=4))
    one, other = draw(st.lists(quarters, min_size=2, max_size=2, unique=True))
    calendar = Calendar(
        holidays=draw(st.sampled_from([None, "DE-BY", "US", "BR"])),
        time_zone=zone,
        days=draw(st.lists(st.sampled_from(WEEK), min_size=1, unique=True)),
        opens=min(one, other),
        closes=draw(st.sampled_from([max(one, other), time(0)])),
        closed_on=[day for day, is_open in own.items() if not is_open],
        open_on=[day for day, is_open in own.items() if is_open],
    )
    return calendar, begin + draw(st.integers(-4 * 24 * 60, 2 * 24 * 60)) * A_MINUTE


def is_worked(calendar: Calendar, day: date) -> bool:
    if day in calendar.open_on:
        return True
    public = public_holidays(calendar.holidays) if calendar.holidays else {}
    return day not in calendar.closed_on and day not in public and WEEK[day.weekday()] in calendar.days


def minutes(calendar: Calendar, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Every minute of working time from `start` on, with the latest time that the clock has shown by then."""
    zone, shown, worked = ZoneInfo(calendar.time_zone), start.replace(tzinfo=None) - 3 * A_DAY, dict[date, bool]()
    for number in count(-30 * 60):
        instant = start + number * A_MINUTE
        shown = max(shown, instant.astimezone(zone).replace(tzinfo=None))
        day, clock = shown.date(), shown.time()
        if number >= 0 and calendar.opens <= clock and (clock < calendar.closes or calendar.closes == time(0)):
            if day not in worked:
                worked[day] = is_worked(calendar, day)
            if worked[day]:
                yield shown, instant


def by_minutes(calendar: Calendar, start: datetime, days: int, rest: int) -> datetime:
    open_minutes = minutes(calendar, start)
    shown, moment = next(open_minutes)
    if days:
        clock = max(moment.astimezone(ZoneInfo(calendar.time_zone)).time(), calendar.opens)
        later = (
            list(group) for day, group in groupby(open_minutes, lambda pair: pair[0].date()) if day != shown.date()
        )
        target = next(islice(later, days - 1, None))
        closes = target[-1][1] + A_MINUTE
        moment = next((instant for shown, instant in target if shown.time() >= clock), closes)
    if not rest:
        return moment
    return next(islice(minutes(calendar, moment), rest - 1, None))[1] + A_MINUTE


@settings(max_examples=100, deadline=None)
@given(calendars_and_starts(), st.integers(0, 3), st.integers(0, 2 * 24 * 60))
def test_for_any_calendar(case: tuple[Calendar, datetime], days: int, rest: int) -> None:
    calendar, start = case
    opens, closes = (datetime.combine(date.min, clock) for clock in (calendar.opens, calendar.closes))
    a_day = (closes - opens) % A_DAY or A_DAY
    rest %= min(3 * a_day, A_DAY) // A_MINUTE  # few days, as each costs 1,440 steps
    assert calendar.after(start, timedelta(days=days, minutes=rest)) == by_minutes(calendar, start, days, rest)
