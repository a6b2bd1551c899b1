from datetime import datetime, timedelta
from typing import Any

from tests.support.graphs import EMPTY
from tests.support.local import decide, open_tasks, output, serving
from tests.tasks.desk import asking, moment, trail

DAY = timedelta(days=1)


async def reminded(days: float, **details: Any) -> tuple[list[int], list[str]]:
    """On which days somebody was reminded within so many days, and of what else there are lines in the trail."""
    async with serving(ask=asking(assignees=["bob"], **details)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        await local.days(days)
        entries = await trail(handle)
        lines = [entry for entry in entries if entry["what"] == "reminded"]
        assert all(entry["detail"] == ["bob"] and entry["via"] == "timer" for entry in lines)
        assert {entry["task_id"] for entry in lines} <= {task["task_id"]}
        await decide(handle)
        assert await output(handle) == {"log": [{"action": "approve", "by": "ann"}]}
        opened = moment(task["created_at"])
        return [_days(opened, entry) for entry in lines], [entry["what"] for entry in entries]


def _days(opened: datetime, entry: dict[str, Any]) -> int:
    return round((moment(entry["at"]) - opened) / DAY)


async def test_come_at_an_interval() -> None:
    assert (await reminded(9.5, remind_every=2 * DAY))[0] == [2, 4, 6, 8]


async def test_come_after_so_long_each_in_order_and_no_more() -> None:
    assert (await reminded(30, remind_after=[7 * DAY, 3 * DAY, 3 * DAY, 10 * DAY]))[0] == [3, 7, 10]


async def test_come_at_an_interval_and_beside_it() -> None:
    assert (await reminded(6.5, remind_every=2 * DAY, remind_after=[5 * DAY]))[0] == [2, 4, 5, 6]


async def test_end_with_the_answer() -> None:
    async with serving(ask=asking(remind_every=DAY)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await decide(handle)
        await handle.result()
        await local.days(5)
        assert [entry["what"] for entry in await trail(handle)] == ["opened", "decided"]


async def test_go_on_after_a_due_date_at_which_nothing_else_happens() -> None:
    days, lines = await reminded(6.5, remind_every=2 * DAY, due=5 * DAY)
    assert days == [2, 4, 6]
    assert lines == ["opened", "reminded", "reminded", "overdue", "reminded"]


async def test_that_fall_on_the_due_date_or_after_it_are_not_announced_before() -> None:
    async with serving(ask=asking(remind_every=5 * DAY, due=5 * DAY)) as local:
        handle = await local.graph("ask", EMPTY)
        (before,) = await open_tasks(handle)
        assert before["next_reminder_at"] is None
        await local.days(5.5)
        (after,) = await open_tasks(handle)
        assert round((moment(after["next_reminder_at"]) - moment(before["due_at"])) / DAY) == 5


async def test_do_not_drift() -> None:
    async with serving(ask=asking(remind_every=DAY)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await local.days(9.5)
        (task,) = await open_tasks(handle)
        assert moment(task["next_reminder_at"]) - moment(task["created_at"]) == 10 * DAY


async def test_go_to_whoever_has_claimed_the_task() -> None:
    async with serving(ask=asking(assignees=["group:all"], remind_every=DAY)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        await handle.execute_update("assign", {"task_id": task["task_id"], "action": "claim", "by": "eve"})
        await local.days(1.5)
        assert [entry["detail"] for entry in await trail(handle) if entry["what"] == "reminded"] == [["eve"]]
