"""Told through a channel of the user's own."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.calls import Notice
from orchestrator.notify import Channel, Recipient
from orchestrator.notify.errors import AddressRefused, ChannelDown
from orchestrator.waits import DefaultAnswer, Escalation
from tests.support.graphs import EMPTY
from tests.support.local import PATIENCE_SECONDS, Handle, Local, application, decide, failure, open_tasks, serving
from tests.tasks.desk import asking, moment, parked, recorded, trail

DAY = timedelta(days=1)
GRACE = timedelta(minutes=2)


class Slips(Channel):
    """Notes who is told of what."""

    name = "slips"

    def __init__(self) -> None:
        self.written: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self.down: Exception | None = None
        self.tried = asyncio.Event()

    async def recipients(self, notice: Notice) -> list[Recipient]:
        return [Recipient(name, name) for name in notice.to or ["operator"]]

    async def send(self, notice: Notice, to: Recipient, key: str) -> None:  # noqa: ARG002
        self.tried.set()
        if self.down is not None:
            raise self.down
        await self.written.put((notice.event, to.person))

    async def next(self, count: int) -> list[tuple[str, str]]:
        """The next ones, sorted."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return sorted([await self.written.get() for _ in range(count)])


def office(slips: Slips, **details: Any) -> Any:
    app = application(ask=asking(**details))
    app.notify(slips)
    return serving(app)


async def asked(local: Local) -> Handle:
    handle = await local.graph("ask", EMPTY)
    await open_tasks(handle)
    return handle


async def test_of_the_whole_life_of_a_task_reach_the_right_people_once() -> None:
    slips = Slips()
    steps = [Escalation(after=1.5 * DAY, to=["boss"])]
    async with office(
        slips, assignees=["bob"], remind_every=DAY, due=2.5 * DAY, on_due="park", escalations=steps
    ) as local:
        handle = await asked(local)
        assert await slips.next(1) == [("opened", "bob")]
        change = {"task_id": "ask-1", "action": "delegate", "by": "bob", "assignees": ["bob", "eve"]}
        await handle.execute_update("assign", change)
        assert await slips.next(1) == [("assigned", "eve")]
        await local.days(1.2)
        assert await slips.next(2) == [("reminded", "bob"), ("reminded", "eve")]
        await local.days(0.5)
        assert await slips.next(1) == [("escalated", "boss")]
        await local.days(0.5)
        assert await slips.next(3) == [("reminded", "bob"), ("reminded", "boss"), ("reminded", "eve")]
        await local.days(1)
        await parked(handle)
        everybody = [("expired", "bob"), ("expired", "boss"), ("expired", "eve"), ("parked", "operator")]
        assert await slips.next(4) == everybody
        assert slips.written.empty()


async def test_of_what_is_overdue_go_to_everybody_who_is_asked() -> None:
    slips = Slips()
    async with office(slips, assignees=["bob"], due=DAY, escalate_to=["boss"]) as local:
        await asked(local)
        await local.days(1.5)
        expected = [("escalated", "boss"), ("opened", "bob"), ("overdue", "bob"), ("overdue", "boss")]
        assert await slips.next(4) == expected


@pytest.mark.parametrize("on_due", [DefaultAnswer(action="reject"), "fail"], ids=["default", "fail"])
async def test_of_what_has_expired_are_sent_before_the_workflow_ends(on_due: Any) -> None:
    slips = Slips()
    async with office(slips, assignees=["bob"], due=DAY, on_due=on_due) as local:
        handle = await asked(local)
        if on_due == "fail":
            assert (await failure(handle)).type == "TaskOverdue"
        else:
            await handle.result()
        assert await slips.next(2) == [("expired", "bob"), ("opened", "bob")]


async def test_that_cannot_be_sent_delay_no_deadline_and_hardly_the_end() -> None:
    slips = Slips()
    slips.down = ChannelDown("no line")
    details = {"assignees": ["bob"], "remind_every": DAY, "due": 5 * DAY, "on_due": DefaultAnswer(action="reject")}
    async with office(slips, **details) as local:
        handle = await asked(local)
        await handle.result()
        entries = await trail(handle)
        opened, ended = moment(entries[0]["at"]), (await handle.describe()).close_time
        (expired,) = await recorded(handle, "expired")
        assert moment(expired["at"]) - opened < 5 * DAY + GRACE
        assert ended is not None
        assert ended - moment(expired["at"]) < GRACE
        missed = [entry["detail"]["event"] for entry in entries if entry["what"] == "not notified"]
        assert set(missed) <= {"opened", "reminded"}
        assert "opened" in missed  # after three days in vain


async def test_of_a_task_that_is_answered_are_not_tried_any_more() -> None:
    slips = Slips()
    slips.down = ChannelDown("no line")
    async with office(slips, assignees=["bob"]) as local:
        handle = await asked(local)
        await asyncio.wait_for(slips.tried.wait(), PATIENCE_SECONDS)
        await decide(handle)
        await handle.result()
        ended = (await handle.describe()).close_time
        (decided,) = await recorded(handle, "decided")
        assert ended is not None
        assert ended - moment(decided["at"]) < timedelta(seconds=30)


async def test_that_nobody_takes_stand_in_the_trail() -> None:
    slips = Slips()
    slips.down = AddressRefused("no such person")
    async with office(slips, assignees=["bob"]) as local:
        handle = await asked(local)
        (line,) = await recorded(handle, "not notified")
        assert line["detail"]["channel"] == "slips"
        assert "bob: no such person" in line["detail"]["reason"]
