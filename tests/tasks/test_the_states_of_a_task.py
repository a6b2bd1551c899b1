import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import workflow

from orchestrator.waits import DefaultAnswer, Escalation, ask
from orchestrator.workflow import Process
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import Handle, application, decide, open_tasks, refusal, serving
from tests.tasks.desk import asking, moment, recorded, told

DAY = timedelta(days=1)


async def state(handle: Handle) -> str:
    """Of the one open task."""
    (task,) = await open_tasks(handle)
    return str(task["state"])


async def assign(handle: Handle, action: str, **fields: Any) -> None:
    await handle.execute_update("assign", {"task_id": "ask-1", "action": action, "by": "ann", **fields})


async def test_while_it_is_open_are_shown_and_stand_in_the_trail() -> None:
    async with serving(ask=asking(assignees=["ann"], escalations=[Escalation(after=DAY, to=["boss"])])) as local:
        handle = await local.graph("ask", EMPTY)
        states = [await state(handle)]
        await assign(handle, "claim")
        states.append(await state(handle))
        await assign(handle, "delegate", assignees=["bob"])
        states.append(await state(handle))
        await local.days(1.5)
        states.append(await state(handle))
        await assign(handle, "claim", by="bob")
        await assign(handle, "unclaim", by="bob")
        states.append(await state(handle))
        await assign(handle, "reassign", assignees=["eve"])
        states.append(await state(handle))
        assert states == ["open", "claimed", "delegated", "escalated", "escalated", "open"]
        await decide(handle)
        await handle.result()
        lines = [line[0] for line in await told(handle)]
        assert lines == ["opened", *["assigned"] * 2, "escalated", *["assigned"] * 3, "decided"]


async def test_once_it_is_closed_are_told_to_whoever_comes_late() -> None:
    def asks(_state: Log) -> Log:
        first = ask("First?", due=DAY, on_due=DefaultAnswer(action="reject"))
        return {"log": [first.action, ask("Second?").action, ask("Third?").action]}

    async with serving(ask=chain(asks)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await local.days(1.5)
        await open_tasks(handle)
        late = {"task_id": "ask-1", "action": "approve", "by": "bob"}
        assert "it was expired by orchestrator at" in await refusal(handle, "submit_decision", late)
        await decide(handle)
        await recorded(handle, "opened", 3)
        assert "it was decided by ann at" in await refusal(handle, "submit_decision", late | {"task_id": "ask-2"})


async def test_follow_up_and_priority_are_shown_and_nothing_happens_then() -> None:
    later = datetime(2100, 1, 1, tzinfo=UTC)
    async with serving(days=asking(follow_up=2 * DAY, priority=7), moment=asking(follow_up=later)) as local:
        handle = await local.graph("days", EMPTY)
        (task,) = await open_tasks(handle)
        assert task["priority"] == 7
        assert moment(task["follow_up_at"]) - moment(task["created_at"]) == 2 * DAY
        await local.days(3)
        assert [line[0] for line in await told(handle)] == ["opened"]
        (task,) = await open_tasks(await local.graph("moment", EMPTY))
        assert moment(task["follow_up_at"]) == later


@workflow.defn
class Impatient(Process):
    """Gives a stage up, and then waits for an event."""

    @workflow.run
    async def run(self) -> Any:
        stage = asyncio.create_task(self.run_graph("ask", EMPTY))
        await self.wait_for("never mind")
        stage.cancel()
        await workflow.wait([stage])
        return await self.wait_for("end")


async def test_of_a_stage_that_was_given_up_is_withdrawn() -> None:
    app = application(ask=asking())
    app.workflow(Impatient)
    async with serving(app) as local:
        handle = await local.start("Impatient")
        await open_tasks(handle)
        await handle.signal("event", {"name": "never mind"})
        (withdrawn,) = await recorded(handle, "withdrawn")
        assert (withdrawn["task_id"], withdrawn["by"]) == ("ask-1", "orchestrator")
        assert await handle.query("tasks") == []
        late = {"task_id": "ask-1", "action": "approve", "by": "bob"}
        assert "it was withdrawn by orchestrator" in await refusal(handle, "submit_decision", late)
        await handle.signal("event", {"name": "end"})
        await handle.result()


async def test_of_a_cancelled_workflow_is_withdrawn() -> None:
    async with serving(ask=asking()) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await handle.cancel()
        await recorded(handle, "withdrawn")
        assert await handle.query("tasks") == []
