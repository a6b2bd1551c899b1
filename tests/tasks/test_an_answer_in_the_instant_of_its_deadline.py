"""Nobody works while the deadline passes: then the answer and the timer come to the workflow in one activation."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestrator import Orchestrator
from orchestrator.devserver import DevServer
from orchestrator.identity.tokens import mint
from orchestrator.waits import DefaultAnswer, ask
from tests.identity.keys import AUDIENCE, ISSUER, SECRET
from tests.support.graphs import EMPTY, Log, fan
from tests.support.local import application, decide, failure, open_task, open_tasks, output
from tests.tasks.desk import asking, fired, moment, office, parked, recorded, told

LATE = DefaultAnswer(action="reject", comment="too late")
DUE = timedelta(seconds=2)


@pytest.mark.parametrize("sent", ["before", "after"])
@pytest.mark.parametrize("on_due", [LATE, "fail", "park"], ids=["default", "fail", "park"])
async def test_counts_and_what_should_happen_then_does_not(
    temporal: DevServer, tmp_path: Path, on_due: Any, sent: str
) -> None:
    there = await office(temporal, application(ask=asking(due=DUE, on_due=on_due)), tmp_path)
    async with there.working():
        handle = await there.local.graph("ask", EMPTY)
        await open_tasks(handle)
    if sent == "before":
        await decide(handle)
    await fired(handle)
    if sent == "after":
        await decide(handle)
    async with there.working():
        assert await output(handle) == {"log": [{"action": "approve", "by": "ann"}]}
        assert await told(handle, "decided", "expired") == [("decided", "ann", "signal")]


async def test_counts_when_it_is_signed(temporal: DevServer, tmp_path: Path) -> None:
    app = application(ask=asking(due=DUE, on_due=LATE, identity="signed"))
    keys = {"token_secret": SECRET, "token_issuer": ISSUER, "token_audience": AUDIENCE}
    there = await office(temporal, app, tmp_path, **keys)
    async with there.working():
        handle = await there.local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
    bound = {"subject": "ann", "workflow_id": handle.id, "task_id": task["task_id"]}
    await decide(handle, token=mint(secret=SECRET, issuer=ISSUER, audience=AUDIENCE, **bound), task_id=task["task_id"])
    await fired(handle)
    async with there.working():
        assert await output(handle) == {"log": [{"action": "approve", "by": "ann"}]}


def two(on_due: Any) -> Orchestrator:
    """A question that is answered beside one that nobody answers."""

    def answered(_state: Log) -> Log:
        return {"log": [ask("Answered?", payload="answered").by]}

    def unanswered(_state: Log) -> Log:
        return {"log": [ask("Unanswered?", payload="unanswered", due=DUE, on_due=on_due).by]}

    return application(two=fan(answered, unanswered))


async def test_is_not_lost_beside_a_question_that_parks_then(temporal: DevServer, tmp_path: Path) -> None:
    there = await office(temporal, two("park"), tmp_path)
    async with there.working():
        handle = await there.local.graph("two", EMPTY)
        task = await open_task(handle, "answered")
        due_at = moment((await open_task(handle, "unanswered"))["due_at"])
    await decide(handle, task_id=task["task_id"])
    await fired(handle)
    async with there.working():
        assert await parked(handle) == f"TaskOverdue: Nobody answered 'Unanswered?' by {due_at:%Y-%m-%d %H:%M} UTC."
        await handle.execute_update("recover", {"action": "retry", "by": "op", "reason": "once more"})
        (left,) = await open_tasks(handle)
        assert left["payload"] == "unanswered"
        await decide(handle, by="bob")
        assert sorted((await output(handle))["log"]) == ["ann", "bob"]


async def test_is_recorded_beside_a_question_that_fails_then(temporal: DevServer, tmp_path: Path) -> None:
    there = await office(temporal, two("fail"), tmp_path)
    async with there.working():
        handle = await there.local.graph("two", EMPTY)
        task = await open_task(handle, "answered")
        await open_task(handle, "unanswered")
    await decide(handle, task_id=task["task_id"])
    await fired(handle)
    async with there.working():
        assert (await failure(handle)).type == "TaskOverdue"
        (decided,) = await recorded(handle, "decided")
        assert decided["task_id"] == task["task_id"]
