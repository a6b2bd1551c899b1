"""Schedules, for people."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from orchestrator.cli import show
from orchestrator.schedules.service import ScheduleInfo

COLUMNS = ("schedule", "starts", "when", "time zone", "state", "next", "declared by", "note")


def row(info: ScheduleInfo) -> tuple[Any, ...]:
    """One in a list of them."""
    return (
        info.schedule_id,
        info.starts,
        _when(info),
        info.time_zone,
        "paused" if info.paused else "active",
        next(_clock(info), None),
        info.declared_by,
        info.note,
    )


def facts(info: ScheduleInfo) -> list[tuple[str, Any]]:
    """All of one, each with its name."""
    times = {
        "calendars": _calendars(info),
        "skip": [each.model_dump_json(exclude_defaults=True) for each in info.skip],
        "offset": info.offset or None,
        "jitter": info.jitter or None,
        "thread": info.thread or "fresh",
    }
    known = {name: value for name, value in info if name not in ("next_at", "next_local")}
    told = [(name.replace("_", " "), value) for name, value in (known | times).items()]
    return [*told, *(("next", moment) for moment in _clock(info))]


def _when(info: ScheduleInfo) -> str:
    every = [f"every {show.span(each)}" for each in info.every]
    later = [f"{show.span(info.offset)} later"] if info.offset else []
    jitter = [f"jitter {show.span(info.jitter)}"] if info.jitter else []
    return ", ".join([*info.cron, *every, *_calendars(info), *later, *jitter])


def _calendars(info: ScheduleInfo) -> list[str]:
    return [each.model_dump_json(exclude_defaults=True) for each in info.calendars]


def _clock(info: ScheduleInfo) -> Iterator[str]:
    """The next times on the clock of its time zone; none while it is paused."""
    for text in [] if info.paused else info.next_local:
        yield datetime.fromisoformat(text).isoformat(" ", "seconds")
