from typing import Any
from uuid import uuid4

import pytest

from orchestrator.devserver import DevServer
from orchestrator.rpc import AlreadyExists
from orchestrator.schedules.plan import Plan
from orchestrator.schedules.service import Schedules

EVERYTHING: dict[str, Any] = {
    "workflow": "Nothing",
    "args": [{"a": 1}, "b"],
    "task_queue": "none",
    "cron": ["0  3 * * MON-FRI", "@monthly"],
    "every": ["PT6H", "P2D"],
    "offset": "PT5M",
    "calendars": [{"hour": "9-17/2", "month": "JAN-MAR,12", "year": 2030}],
    "skip": [{"day_of_week": "SUN", "hour": "*"}],
    "time_zone": "America/New_York",
    "jitter": "PT30S",
    "start_at": "2027-01-01T00:00:00+02:00",
    "end_at": "2031-01-01T00:00:00Z",
    "overlap": "buffer-one",
    "catch_up": "PT1H",
    "pause_on_failure": True,
    "by": "ann",
}


async def test_the_same_again_changes_nothing(temporal: DevServer) -> None:
    schedules, schedule_id = Schedules(await temporal.client()), f"s-{uuid4().hex[:10]}"
    assert await schedules.create(schedule_id, Plan(**EVERYTHING), paused=True, note="mine") == "created"
    assert await schedules.create(schedule_id, Plan(**EVERYTHING)) == "unchanged"
    known = await schedules.plan(schedule_id)
    assert known is not None
    assert known.model_dump() == Plan(**EVERYTHING).model_dump()


CHANGED: dict[str, Any] = {
    "args": [{"a": 2}],
    "cron": ["0 4 * * MON-FRI"],
    "every": ["PT7H"],
    "calendars": [],
    "skip": [{"day_of_week": 1}],
    "time_zone": "UTC",
    "jitter": "PT1S",
    "end_at": None,
    "overlap": "skip",
    "catch_up": "PT2H",
    "pause_on_failure": False,
    "by": "bob",
    "task_queue": "other",
}


async def test_another_one_is_refused_and_told_apart_and_replaced_only_if_asked(temporal: DevServer) -> None:
    schedules, schedule_id = Schedules(await temporal.client()), f"s-{uuid4().hex[:10]}"
    await schedules.create(schedule_id, Plan(**EVERYTHING), note="mine")
    for field, value in CHANGED.items():
        with pytest.raises(AlreadyExists, match=f"differs in {field.replace('_', ' ')}: "):
            await schedules.create(schedule_id, Plan(**{**EVERYTHING, field: value}))
    await schedules.pause(schedule_id, "holidays")
    assert await schedules.create(schedule_id, Plan(**{**EVERYTHING, **CHANGED}), replace=True) == "changed"
    info = await schedules.show(schedule_id)
    assert (info.paused, info.note, info.by, info.cron) == (True, "mine [paused: holidays]", "bob", ["0 4 * * MON-FRI"])
    assert await schedules.create(schedule_id, Plan(**{**EVERYTHING, **CHANGED})) == "unchanged"
