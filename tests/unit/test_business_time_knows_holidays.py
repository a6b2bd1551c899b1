import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from holidays import country_holidays

from orchestrator import MissingExtra
from orchestrator.business_time import Calendar

A_DAY = timedelta(days=1)

NEXT_WORKING_DAY = {
    "none": (None, "2026-12-24", "2026-12-25"),
    "Christmas and Boxing Day on a Saturday": ("DE", "2026-12-24", "2026-12-28"),
    "New Year": ("DE", "2026-12-31", "2027-01-04"),
    "two years at once": ("DE-BY", "2026-12-31", "2027-01-04"),
    "Epiphany in Bavaria": ("DE-BY", "2027-01-05", "2027-01-07"),
    "no Epiphany in Hesse": ("DE-HE", "2027-01-05", "2027-01-06"),
    "by another name of the subdivision": ("DE-Bayern", "2027-01-05", "2027-01-07"),
    "a New Year observed in the old year": ("US", "2021-12-30", "2022-01-03"),
    "Memorial Day": ("US-CA", "2026-05-22", "2026-05-26"),
    "Good Friday on Wall Street": ("XNYS", "2026-04-02", "2026-04-06"),
    "Easter Monday at the ECB": ("ECB", "2026-04-02", "2026-04-07"),
    "a Sunday worked for the Chinese New Year": ("CN", "2025-01-24", "2025-01-26"),
    "the Chinese New Year": ("CN", "2025-01-27", "2025-02-05"),
}


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00+00:00")


@pytest.mark.parametrize(("holidays", "start", "end"), NEXT_WORKING_DAY.values(), ids=NEXT_WORKING_DAY)
def test_of_countries_subdivisions_and_markets(holidays: str | None, start: str, end: str) -> None:
    calendar = Calendar(holidays=holidays, time_zone="UTC", days=["mon", "tue", "wed", "thu", "fri"])
    assert calendar.after(noon(start), A_DAY) == noon(end)


def test_and_the_firms_own_days() -> None:
    own: dict[str, Any] = {"closed_on": ["2026-12-24", "2026-12-31"], "open_on": ["2026-12-25", "2026-12-27"]}
    calendar = Calendar.model_validate({"holidays": "DE", "time_zone": "UTC", **own})
    days = [calendar.after(noon("2026-12-23"), number * A_DAY) for number in range(1, 6)]
    assert [f"{day:%m-%d}" for day in days] == ["12-25", "12-27", "12-28", "12-29", "12-30"]
    assert calendar.after(noon("2026-12-30"), A_DAY) == noon("2027-01-04")


def test_over_many_years() -> None:
    calendar = Calendar(holidays="US", time_zone="UTC")
    last = country_holidays("US").get_nth_working_day("2026-01-02", 2500)
    assert calendar.after(noon("2026-01-02"), 2500 * A_DAY) == noon(f"{last}")


@pytest.mark.parametrize("code", ["DEU", "UK-SCT", "FR-Zone A", "NZ-South Canterbury", "XPAR", "TAR"])
def test_by_every_code_of_the_library(code: str) -> None:
    assert Calendar(holidays=code, time_zone="UTC").holidays == code


def test_whose_week_is_not_monday_to_friday() -> None:
    calendar = Calendar(holidays="IL", time_zone="UTC", days=["sun", "mon", "tue", "wed", "thu"])
    assert calendar.after(noon("2026-06-04"), A_DAY) == noon("2026-06-07")


def test_only_with_their_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(MissingExtra, match=r"^Public holidays need.*hybrid-orchestrator\[calendars\]"):
        Calendar(holidays="DE", time_zone="UTC")
    assert Calendar(time_zone="UTC").after(datetime(2026, 5, 4, 12, tzinfo=UTC), A_DAY) == noon("2026-05-05")
