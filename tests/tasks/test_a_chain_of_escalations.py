from datetime import timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType

from orchestrator.waits import DefaultAnswer, Escalation
from tests.support.graphs import EMPTY
from tests.support.local import Handle, decide, open_tasks, output, serving
from tests.tasks.desk import asking, moment, told, trail

DAY = timedelta(days=1)
CHAIN = [
    Escalation(after=20 * DAY, to=["group:directors"]),
    Escalation(after=5 * DAY, to=["boss"]),
    Escalation(after=10 * DAY, to=["boss", "group:seniors"]),
]
DETAILS: dict[str, Any] = {
    "assignees": ["bob"],
    "due": 30 * DAY,
    "remind_every": DAY,
    "escalations": CHAIN,
    "on_due": DefaultAnswer(action="reject"),
}
EVENTS_AT_MOST = 190


async def events(handle: Handle) -> dict[str, int]:
    """How often each kind of event stands in the history."""
    kinds = [EventType.Name(event.event_type) for event in (await handle.fetch_history()).events]
    return {kind.removeprefix("EVENT_TYPE_").lower(): kinds.count(kind) for kind in sorted(set(kinds))}


async def test_asks_one_after_the_other_as_well_and_in_the_end_nobody() -> None:
    async with serving(ask=asking(**DETAILS)) as local:
        handle = await local.graph("ask", EMPTY)
        assert await output(handle) == {"log": [{"action": "reject", "by": "orchestrator"}]}
        entries = await trail(handle)
        opened = moment(entries[0]["at"])
        steps = [(round((moment(one["at"]) - opened) / DAY), one["detail"]) for one in entries if _escalated(one)]
        assert steps == [(5, ["boss"]), (10, ["boss", "group:seniors"]), (20, ["group:directors"])]
        reminded = [entry["detail"] for entry in entries if entry["what"] == "reminded"]
        assert len(reminded) == 29
        assert reminded[3] == ["bob"]
        assert reminded[5] == ["bob", "boss"]
        assert reminded[-1] == ["bob", "boss", "group:seniors", "group:directors"]
        assert (await told(handle))[-1] == ("expired", "orchestrator", "timer")


def _escalated(entry: dict[str, Any]) -> bool:
    return bool(entry["what"] == "escalated")


async def test_ends_the_claim_of_whoever_has_not_answered() -> None:
    async with serving(ask=asking(assignees=["ann"], escalations=[Escalation(after=5 * DAY, to=["boss"])])) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        claim = {"task_id": task["task_id"], "action": "claim", "by": "ann"}
        assert (await handle.execute_update("assign", claim))["claimed_by"] == "ann"
        await local.days(6)
        (task,) = await open_tasks(handle)
        assert (task["state"], task["claimed_by"], task["assignees"]) == ("escalated", None, ["ann", "boss"])


async def test_of_thirty_days_costs_a_handful_of_events_and_no_activity() -> None:
    async with serving(ask=asking(**DETAILS | {"remind_every": None})) as local:
        handle = await local.graph("ask", EMPTY)
        await handle.result()
        costs = await events(handle)
        assert costs["timer_started"] == len(CHAIN) + 1
        assert costs["activity_task_scheduled"] == 2  # up to the question, and from its answer on


async def test_of_thirty_days_with_daily_reminders_costs_the_history_little() -> None:
    async with serving(ask=asking(**DETAILS)) as local:
        handle = await local.graph("ask", EMPTY)
        await handle.result()
        costs = await events(handle)
        assert costs["activity_task_scheduled"] == 2
        assert sum(costs.values()) <= EVENTS_AT_MOST, f"30 days cost {sum(costs.values())} events: {costs}"


async def test_shows_when_the_next_step_comes() -> None:
    async with serving(ask=asking(**DETAILS)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        shown = [moment(task["next_escalation_at"]) - moment(task["created_at"])]
        for days in (6, 5, 10):
            await local.days(days)
            (task,) = await open_tasks(handle)
            if task["next_escalation_at"]:
                shown.append(moment(task["next_escalation_at"]) - moment(task["created_at"]))
        assert shown == [5 * DAY, 10 * DAY, 20 * DAY]
        assert (task["state"], task["escalated"]) == ("escalated", True)
        await decide(handle)
        await handle.result()


async def test_ends_with_the_answer() -> None:
    async with serving(ask=asking(escalations=CHAIN)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await local.days(7)
        await decide(handle)
        await handle.result()
        assert [line[0] for line in await told(handle)] == ["opened", "escalated", "decided"]


async def test_asks_further_people_at_the_due_date_before_anything_else_happens_then() -> None:
    details: dict[str, Any] = {
        "due": 5 * DAY,
        "escalate_to": ["group:seniors"],
        "escalations": CHAIN[1:2],
        "assignees": ["bob"],
    }
    async with serving(ask=asking(**details)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await local.days(5.5)
        (task,) = await open_tasks(handle)
        assert task["assignees"] == ["bob", "boss", "group:seniors"]
        assert [line[0] for line in await told(handle)] == ["opened", "escalated", "escalated", "overdue"]
