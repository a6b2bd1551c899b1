"""Business time: when a human task is due, counted in working days and working hours.

Public holidays come from the `holidays` library (extra `calendars`). Call this from an activity and keep the result:
another release of the library, or of the time zones, may answer differently.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field, field_validator, model_validator

from orchestrator.errors import MissingExtra
from orchestrator.model import Wire

if TYPE_CHECKING:
    from holidays import HolidayBase

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

MIDNIGHT = time(0)
ONE_DAY = timedelta(days=1)
LONGEST_PAUSE = timedelta(days=3653)
"""A calendar without a working day for ten years is a mistake, and not a long holiday."""
HORIZON = timedelta(days=36525)
"""A hundred years. Holidays are not known further, and counting there would hold up the worker."""


def _clock(value: object) -> object:
    # Pydantic takes numbers for seconds after midnight, and YAML reads an unquoted 9:00 as the number 540.
    if isinstance(value, time) and value.tzinfo is None:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d\d:\d\d(:\d\d(\.\d+)?)?", value):
        return value
    raise ValueError(f"{value!r} is not a local time of day in quotes, such as '09:00'")


Clock = Annotated[time, BeforeValidator(_clock)]


class Calendar(Wire):
    """When people work: the days of the week, the hours and the public holidays.

    Each working day opens and closes once, when its local clock first shows the hour or, where that hour is skipped,
    a later one. What lies between is working time as it really elapses, so a clock that is put back adds an hour.
    """

    holidays: str | None = None
    """Whose public holidays: an ISO country (`US`), with a subdivision (`DE-BY`), or a market (`XNYS`, `ECB`)."""
    time_zone: str
    """IANA name, such as `Europe/Berlin`."""
    days: list[Day] = Field(default_factory=lambda: list(WEEK[:5]))
    """Must be said where the week-end is not Saturday and Sunday. A week-end day that the country works in exchange
    for a holiday is worked as well."""
    opens: Clock = time(9)
    closes: Clock = time(17)
    """00:00 is the end of the day."""
    closed_on: list[date] = Field(default_factory=list)
    """Not worked, besides the public holidays."""
    open_on: list[date] = Field(default_factory=list)
    """Worked, although a public holiday or outside `days`."""

    def after(self, start: datetime, duration: timedelta) -> datetime:
        """The instant, in UTC, at which `duration` of business time has passed since `start`.

        Outside working time, `start` moves to the next opening. Then the duration's whole days move it on by as many
        working days, at the same local time; the rest is counted in working hours. So `timedelta(days=1)` is the next
        working day, and 24 working hours, which are three days from nine to five, cannot be said in one timedelta.

        Args:
            start: An aware datetime.
            duration: Not negative.

        Raises:
            ValueError: `start` is naive, `duration` is negative, no working day comes within ten years, or the end is
                more than a hundred years away. *Not retryable.*
            MissingExtra: The calendar names holidays, and the library is not installed. *Not retryable.*
        """
        if start.utcoffset() is None:
            raise ValueError(f"start ({start}) has no time zone")
        if duration < timedelta(0):
            raise ValueError(f"duration ({duration}) is negative")
        try:
            return self._after(start.astimezone(UTC), duration)
        except OverflowError:
            raise ValueError(f"{duration} of business time after {start} lies beyond the years 1 to 9999") from None

    def _after(self, moment: datetime, duration: timedelta) -> datetime:
        shifts = self._shifts(self._local(moment).date())
        day, opens, closes = next(shift for shift in shifts if shift[2] > moment)
        moment = max(moment, opens)
        if duration.days:
            # Where the clock is put back, it may show less than the opening hour again.
            clock = max(self._local(moment), datetime.combine(day, self.opens)).time()
            day, _, closes = next(islice(shifts, duration.days - 1, None))
            moment = self._first(datetime.combine(day, clock))
        left = duration - timedelta(days=duration.days)
        while left > closes - moment:
            left -= closes - moment
            _, moment, closes = next(shifts)
        return moment + left

    def _shifts(self, day: date) -> Iterator[tuple[date, datetime, datetime]]:
        """The working days from `day` on, each with the instants at which it opens and closes."""
        # An instance of its own: the library's are filled on demand, and not safe to share between threads.
        public = public_holidays(self.holidays) if self.holidays is not None else None
        first = last = day
        while True:
            if self._is_worked(day, public):
                opens = self._first(datetime.combine(day, self.opens))
                closes = self._first(datetime.combine(day + ONE_DAY * (self.closes == MIDNIGHT), self.closes))
                if opens < closes:  # else the clock skips all of it, as Samoa's did on 30 December 2011
                    yield day, opens, closes
                    last = day
            day += ONE_DAY
            if day - last > LONGEST_PAUSE:
                raise ValueError(f"The calendar has no working day in the ten years after {last}.")
            if day - first > HORIZON:
                raise ValueError(f"The duration ends more than a hundred years after {first}.")

    def _is_worked(self, day: date, public: "HolidayBase | None") -> bool:
        if day in self.open_on or day in self.closed_on:
            return day in self.open_on
        worked = WEEK[day.weekday()] in self.days
        if public is None:
            return worked
        # Not the library's `is_working_day`, which knows the country's week and not the firm's.
        return (worked and day not in public) or (public.is_weekend(day) and public.is_working_day(day))

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.time_zone)).replace(tzinfo=None)

    def _first(self, local: datetime) -> datetime:
        """The first instant at which the local clock shows this time or a later one."""
        zone = ZoneInfo(self.time_zone)
        early, late = sorted(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        if self._local(early) == local:
            return early
        # The clock skips it. Both are off by what it skips, one to each side, so the leap is between them.
        early = early.replace(microsecond=0)
        seconds = range((late - early) // timedelta(seconds=1) + 1)
        leap = bisect_left(seconds, local, key=lambda second: self._local(early + timedelta(seconds=second)))
        return early + timedelta(seconds=leap)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):  # OSError: the name of a folder, such as `Europe`
            names = available_timezones()
            if not names:
                raise MissingExtra(f"The time zone {name!r}, on a system that knows none,", "calendars") from None
            raise ValueError(f"there is no time zone {name!r}{_did_you_mean(name, names)}") from None
        return name

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.closes <= self.opens and self.closes != MIDNIGHT:
            raise ValueError(f"closes ({self.closes}) is not after opens ({self.opens}); the end of the day is 00:00")
        if not self.days and not self.open_on:
            raise ValueError("days and open_on are both empty, so there is no working day")
        if both := set(self.open_on) & set(self.closed_on):
            raise ValueError(f"{min(both)} is both in open_on and in closed_on")
        if self.holidays is not None:
            self._fits(public_holidays(self.holidays).weekend)
        return self

    def _fits(self, weekend: Iterable[int]) -> None:
        off = [WEEK[day] for day in sorted(weekend)]
        if "days" not in self.model_fields_set and off != ["sat", "sun"]:
            worked = [day for day in WEEK if day not in off]
            raise ValueError(f"the week-end of {self.holidays} is {', '.join(off)}: say which days, such as {worked}")


def public_holidays(code: str) -> "HolidayBase":
    """The public holidays of a country, a subdivision or a market, filled on demand.

    Raises:
        ValueError: There is none of this code. *Not retryable.*
        MissingExtra: The library is not installed. *Not retryable.*
    """
    try:
        import holidays
    except ImportError as error:
        raise MissingExtra("Public holidays", "calendars") from error
    countries, markets = holidays.list_supported_countries(), holidays.list_supported_financial()
    entity, dash, part = code.partition("-")
    if entity not in countries and entity not in markets:
        codes = [known for known in (*countries, *markets) if len(known) == len(entity)]
        hint = _did_you_mean(entity, codes) or "; countries are ISO codes, as in 'DE' or 'DE-BY'"
        raise ValueError(f"no public holidays are known of {entity!r}{hint}")
    find = holidays.country_holidays if entity in countries else holidays.financial_holidays
    whole = find(entity)
    if not dash:
        return whole
    if part not in whole.subdivisions and part not in whole.subdivisions_aliases:
        known = ", ".join(whole.subdivisions) or "none"
        raise ValueError(f"the public holidays of {entity} have no subdivision {part!r}; there are: {known}")
    return find(entity, part)


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    by_case = {each.casefold(): each for each in sorted(known)}
    near = get_close_matches(name.casefold(), by_case)
    return f"; did you mean {' or '.join(repr(by_case[each]) for each in near)}?" if near else ""
