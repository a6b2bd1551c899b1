from datetime import timedelta

from orchestrator.waits import ask
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import audited, decide, open_tasks, output, serving


def asks(_state: Log) -> Log:
    answer = ask("Approve?", assignees=["bob"], due=timedelta(days=30), remind_every=timedelta(days=1))
    return {"log": [answer.by]}


async def test_are_sent_until_somebody_answers_and_an_answer_on_day_29_is_still_accepted() -> None:
    async with serving(ask=chain(asks)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        await local.days(28.5)
        reminders = await audited(handle, "reminded")
        assert [entry["detail"] for entry in reminders] == [["bob"]] * 28
        assert {entry["task_id"] for entry in reminders} == {task["task_id"]}
        await local.days(0.4)
        await decide(handle)
        assert await output(handle) == {"log": ["ann"]}
        assert len(await audited(handle, "reminded")) == 28


async def test_say_when_the_next_one_is_due() -> None:
    async with serving(ask=chain(asks)) as local:
        handle = await local.graph("ask", EMPTY)
        (before,) = await open_tasks(handle)
        await local.days(1.5)
        (after,) = await open_tasks(handle)
        assert before["next_reminder_at"] < after["next_reminder_at"] < after["due_at"]
        await decide(handle)
        await handle.result()
