from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.follow_up.office import office
from tests.support.local import open_tasks, submit, until


async def test_a_silent_customer_is_reminded_twice_and_then_a_person_looks(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        began = await at.local.now()
        await at.local.sleep(timedelta(days=3 + 6 + 12 + 1))
        [task] = await open_tasks(handle)
        assert task["title"] == "Ann (A heat pump): No reply came."
        assert task["assignees"] == ["group:sales"]
        assert at.subjects[1:] == ["Re: Your offer: A heat pump"] * 2
        await submit(handle, "reject")
        result = await handle.result()
        assert (result["outcome"], result["decided_by"], result["reminders"]) == ("closed", "ann", 2)
        opened = datetime.fromisoformat(task["created_at"])
        assert (opened - began.astimezone(UTC)).days == 21


async def test_the_pauses_between_reminders_grow(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        for days in (3, 6, 12):
            await at.mail()
            assert await patience(handle) == days
            if days < 12:
                await at.local.sleep(timedelta(days=days + 0.1))


async def test_an_answer_to_the_last_reminder_still_counts(tmp_path: Path) -> None:
    async with office(tmp_path) as at:
        handle = await at.follow_up()
        await at.local.sleep(timedelta(days=3 + 6 + 11))
        _, _, reminder = [await at.mail() for _ in range(3)]
        await at.reply(reminder, "Yes!")
        result = await handle.result()
        assert (result["outcome"], result["reminders"]) == ("yes", 2)


async def patience(handle: Any) -> int:
    """For how many days it waits."""
    status = await until(handle, lambda status: status["state"] == "waiting" and bool(status["waits"]))
    [wait] = status["waits"]
    return (datetime.fromisoformat(wait["until"]) - datetime.fromisoformat(wait["since"])).days
