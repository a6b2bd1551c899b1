from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from orchestrator.business_time import Calendar

OFFICE = Calendar(time_zone="Europe/Berlin")
BERLIN = ZoneInfo("Europe/Berlin")

# May 2026: the 1st is a Friday, and this office has no public holidays.
CASES = {
    "nothing, in working time": ("04 10:00", timedelta(0), "04 10:00"),
    "nothing, before it opens": ("04 06:00", timedelta(0), "04 09:00"),
    "nothing, when it closes": ("04 17:00", timedelta(0), "05 09:00"),
    "a day": ("04 10:00", timedelta(days=1), "05 10:00"),
    "a day, over the week-end": ("01 10:00", timedelta(days=1), "04 10:00"),
    "a day, from the week-end": ("02 12:00", timedelta(days=1), "05 09:00"),
    "a day, from after hours": ("01 20:00", timedelta(days=1), "05 09:00"),
    "six days": ("01 10:00", timedelta(days=6), "11 10:00"),
    "an hour": ("04 10:00", timedelta(hours=1), "04 11:00"),
    "until it closes": ("04 10:00", timedelta(hours=7), "04 17:00"),
    "a second more": ("04 10:00", timedelta(hours=7, seconds=1), "05 09:00:01"),
    "over the week-end": ("01 16:30", timedelta(hours=1), "04 09:30"),
    "hours of three days": ("01 16:00", timedelta(hours=10), "05 10:00"),
    "days and hours": ("01 16:00", timedelta(days=1, hours=2), "05 10:00"),
    "microseconds": ("04 10:00", timedelta(microseconds=5), "04 10:00:00.000005"),
}


def berlin(moment: str) -> datetime:
    return datetime.fromisoformat(f"2026-05-{moment}").replace(tzinfo=BERLIN)


@pytest.mark.parametrize(("start", "duration", "end"), CASES.values(), ids=CASES)
def test_from_nine_to_five(start: str, duration: timedelta, end: str) -> None:
    result = OFFICE.after(berlin(start), duration)
    assert result == berlin(end)
    assert result.tzinfo is UTC


def test_of_the_office_and_not_of_the_start() -> None:
    tokyo = datetime(2026, 5, 5, 1, 0, tzinfo=ZoneInfo("Asia/Tokyo"))  # Monday 18:00 in Berlin
    assert OFFICE.after(tokyo, timedelta(hours=1)) == berlin("05 10:00")


def test_on_other_days_and_hours() -> None:
    late = Calendar.model_validate({"time_zone": "UTC", "days": ["sat", "sun"], "opens": "20:00", "closes": "00:00"})
    assert late.after(datetime(2026, 5, 2, 22, tzinfo=UTC), timedelta(hours=5)) == datetime(2026, 5, 3, 23, tzinfo=UTC)
    assert late.after(datetime(2026, 5, 2, 22, tzinfo=UTC), timedelta(hours=6)) == datetime(2026, 5, 4, tzinfo=UTC)


def test_on_a_rota_of_dates_alone() -> None:
    rota = Calendar.model_validate({"time_zone": "UTC", "days": [], "open_on": ["2026-05-02", "2026-05-09"]})
    assert rota.after(datetime(2026, 5, 1, tzinfo=UTC), timedelta(days=1)) == datetime(2026, 5, 9, 9, tzinfo=UTC)


def test_the_same_after_a_trip_over_the_wire() -> None:
    week = {"holidays": "IL", "time_zone": "Asia/Jerusalem", "days": ["sun", "mon", "tue", "wed", "thu"]}
    calendar = Calendar.model_validate({**week, "opens": "08:30", "closes": "00:00", "closed_on": ["2026-05-03"]})
    assert Calendar.model_validate_json(calendar.model_dump_json()) == calendar
