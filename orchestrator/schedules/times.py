"""Times by the calendar, as people write them: `{"hour": "9-17/2", "day_of_week": "MON-FRI"}`."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar, Self

from pydantic import field_validator
from temporalio.client import ScheduleCalendarSpec, ScheduleRange

from orchestrator.model import Wire

PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")
SUNDAY_TOO = 7


class CalendarTimes(Wire):
    """A moment fits if each field does: `*`, a number or a name, `9-17`, `*/2`, and several separated by commas.

    What is left out is midnight, of every day.
    """

    second: str = "0"
    minute: str = "0"
    hour: str = "0"
    day_of_month: str = "*"
    month: str = "*"
    """1 to 12, or JAN to DEC."""
    year: str = "*"
    day_of_week: str = "*"
    """0 (Sunday) to 6, or SUN to SAT."""

    limits: ClassVar[dict[str, tuple[int, int]]] = {
        "second": (0, 59),
        "minute": (0, 59),
        "hour": (0, 23),
        "day_of_month": (1, 31),
        "month": (1, 12),
        "year": (2000, 2100),
        "day_of_week": (0, 6),
    }
    names: ClassVar[dict[str, list[str]]] = {
        "month": ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
        "day_of_week": ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
    }

    @field_validator("*", mode="before")
    @classmethod
    def _text(cls, given: object) -> object:
        return str(given) if isinstance(given, int) else given

    @field_validator("*")
    @classmethod
    def _as_the_server_says_it(cls, given: str, info: object) -> str:
        field = getattr(info, "field_name", "")
        return cls._written(field, cls._ranges(field, given))

    def spec(self) -> ScheduleCalendarSpec:
        """As Temporal's client takes it."""
        ranges: dict[str, Any] = {field: self._ranges(field, getattr(self, field)) for field in self.limits}
        return ScheduleCalendarSpec(**ranges)

    @classmethod
    def of(cls, spec: ScheduleCalendarSpec) -> Self:
        """From what the server says."""
        return cls(**{field: cls._written(field, getattr(spec, field)) for field in cls.limits})

    @classmethod
    def _ranges(cls, field: str, given: str) -> list[ScheduleRange]:
        low, high = cls.limits[field]
        if field == "year" and given == "*":
            return []
        found = []
        for text in given.split(","):
            match = PART.fullmatch(text.strip())
            if match is None:
                raise ValueError(f"{text!r} is none of: *, a number, 9-17, */2")
            first, last, step = match["first"], match["last"], int(match["step"] or 1)
            start = low if first == "*" else cls._number(field, first)
            end = high if first == "*" or (last is None and match["step"]) else cls._number(field, last or first)
            if not (low <= start <= end <= high and step > 0):
                raise ValueError(f"{text!r} is not within {low} to {high}")
            found.append(ScheduleRange(start, end, step))
        return found

    @classmethod
    def _number(cls, field: str, text: str) -> int:
        names = cls.names.get(field, [])
        if text.upper()[:3] in names and text.isalpha():
            low, _ = cls.limits[field]
            return names.index(text.upper()[:3]) + low
        if not text.isdecimal():
            raise ValueError(f"{text!r} is no {field.replace('_', ' ')}")
        return 0 if field == "day_of_week" and int(text) == SUNDAY_TOO else int(text)

    @classmethod
    def _written(cls, field: str, ranges: Sequence[ScheduleRange]) -> str:
        """The one way to write them, so that equal times are equal."""
        whole = cls.limits[field]
        written = []
        for part in ranges:
            if (part.start, part.end) == whole:
                span = "*"
            else:
                span = f"{part.start}-{part.end}" if part.end > part.start else str(part.start)
            written.append(span if part.step == 1 or part.start == part.end else f"{span}/{part.step}")
        return ",".join(written) or "*"
