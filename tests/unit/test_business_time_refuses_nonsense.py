from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from orchestrator import MissingExtra
from orchestrator.business_time import Calendar
from orchestrator.model import reasons

REFUSED = {
    "a zone that there is not": (
        {"time_zone": "Europe/Berln"},
        "time_zone: there is no time zone 'Europe/Berln'; did you mean 'Europe/Berlin'",
    ),
    "a zone in small letters": ({"time_zone": "europe/berlin"}, "did you mean 'Europe/Berlin'"),
    "a folder of zones": ({"time_zone": "Europe"}, "there is no time zone 'Europe'"),
    "a zone outside its folder": ({"time_zone": "../../etc/passwd"}, "there is no time zone '../../etc/passwd'"),
    "no zone": ({"time_zone": ""}, "there is no time zone ''"),
    "a country that there is not": (
        {"holidays": "XX"},
        "no public holidays are known of 'XX'; countries are ISO codes, as in 'DE' or 'DE-BY'",
    ),
    "a country's name": ({"holidays": "Germany"}, "no public holidays are known of 'Germany'; countries are ISO codes"),
    "a name that is no country": ({"holidays": "HolidayBase"}, "no public holidays are known of 'HolidayBase'"),
    "a country in small letters": ({"holidays": "de-by"}, "no public holidays are known of 'de'; did you mean 'DE'"),
    "a market that there is not": ({"holidays": "XNYC"}, "did you mean 'XNYS'"),
    "a subdivision that there is not": (
        {"holidays": "DE-XX"},
        "the public holidays of DE have no subdivision 'XX'; there are: BB, BE, BW, BY,",
    ),
    "an empty subdivision": ({"holidays": "DE-"}, "no subdivision ''; there are: BB"),
    "a subdivision of a whole": ({"holidays": "ECB-DE"}, "no subdivision 'DE'; there are: none"),
    "a week-end that nobody named": (
        {"holidays": "IL"},
        "the week-end of IL is fri, sat: say which days, such as ['mon', 'tue', 'wed', 'thu', 'sun']",
    ),
    "closing before opening": ({"closes": "08:00"}, "closes (08:00:00) is not after opens (09:00:00)"),
    "closing when it opens": ({"closes": "09:00"}, "closes (09:00:00) is not after opens (09:00:00)"),
    "what YAML makes of 9:00": ({"opens": 540}, "opens: 540 is not a local time of day in quotes, such as '09:00'"),
    "an hour with an offset": ({"opens": "09:00Z"}, "opens: '09:00Z' is not a local time of day"),
    "an hour object with an offset": ({"opens": time(9, tzinfo=UTC)}, "is not a local time of day"),
    "no working day": ({"days": []}, "days and open_on are both empty, so there is no working day"),
    "a day that there is not": ({"days": ["monday"]}, "days.0: Input should be 'mon'"),
    "a day both open and closed": (
        {"open_on": ["2026-12-24"], "closed_on": ["2026-12-24"]},
        "2026-12-24 is both in open_on and in closed_on",
    ),
    "a misspelt field": ({"timezone": "UTC"}, "timezone: Extra inputs"),
}

MONDAY = datetime(2026, 5, 4, 10, tzinfo=UTC)


@pytest.mark.parametrize(("fields", "words"), REFUSED.values(), ids=REFUSED)
def test_in_the_calendar(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Calendar.model_validate({"time_zone": "UTC", **fields})
    message = reasons(caught.value)
    assert words in message
    assert "\n" not in message


def test_a_zone_where_the_system_knows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.business_time.available_timezones", set)
    with pytest.raises(MissingExtra, match=r"^The time zone 'Mars/Base'.*hybrid-orchestrator\[calendars\]"):
        Calendar(time_zone="Mars/Base")


def test_a_negative_duration() -> None:
    with pytest.raises(ValueError, match=r"^duration \(-1 day, 23:59:59\) is negative$"):
        Calendar(time_zone="UTC").after(MONDAY, timedelta(seconds=-1))


def test_a_start_without_a_time_zone() -> None:
    with pytest.raises(ValueError, match=r"^start \(2026-05-04 10:00:00\) has no time zone$"):
        Calendar(time_zone="UTC").after(MONDAY.replace(tzinfo=None), timedelta(0))


def test_a_calendar_that_has_no_working_day_left() -> None:
    rota = Calendar(time_zone="UTC", days=[], open_on=[MONDAY.date()])
    assert rota.after(MONDAY, timedelta(hours=7)) == MONDAY + timedelta(hours=7)
    with pytest.raises(ValueError, match="no working day in the ten years after 2026-05-04"):
        rota.after(MONDAY, timedelta(days=1))


def test_durations_of_more_than_a_hundred_years() -> None:
    calendar = Calendar(time_zone="UTC")
    with pytest.raises(ValueError, match="ends more than a hundred years after 2026-05-04"):
        calendar.after(MONDAY, timedelta.max)
    moment = Calendar(time_zone="UTC", opens=time(9), closes=time(9, 0, 1))
    with pytest.raises(ValueError, match="ends more than a hundred years after 2026-05-04"):
        moment.after(MONDAY, timedelta(hours=23))


@pytest.mark.parametrize(("time_zone", "year"), [("America/New_York", 1), ("UTC", 9999)])
def test_the_ends_of_time(time_zone: str, year: int) -> None:
    with pytest.raises(ValueError, match="lies beyond the years 1 to 9999"):
        Calendar(time_zone=time_zone).after(MONDAY.replace(year=year, month=1, day=1, hour=0), timedelta(days=365))
