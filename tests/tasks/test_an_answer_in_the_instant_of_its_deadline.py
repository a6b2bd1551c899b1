"""Nobody works while the deadline passes: then the answer and the timer come to the workflow in one activation."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestrator import Orchestrator
from orchestrator.waits import DefaultAnswer, ask
from tests.support.graphs import EMPTY, Log, fan
from tests.support.local import application, decide, open_task, open_tasks, output, until
from tests.tasks.desk import asking, office, parked, told

LATE = DefaultAnswer(action="reject", comment="too late")
DUE = timedelta(days=5)


async def test_counts_and_the_default_does_not(tmp_path: Path) -> None:
    app = application(ask=asking(due=DUE, on_due=LATE))
    async with office(app, tmp_path) as server:
        async with server.working():
            handle = await server.local.graph("ask", EMPTY)
            await open_tasks(handle)
        await server.local.days(5.1)
        await decide(handle)
        async with server.working():
            assert await output(handle) == {"log": [{"action": "approve", "by": "ann"}]}
            assert await told(handle, "decided", "expired") == [("decided", "ann", "signal")]


@pytest.mark.parametrize("on_due", ["fail", "park"])
async def test_counts_for_a_question_that_would_fail_or_park(tmp_path: Path, on_due: Any) -> None:
    app = application(ask=asking(due=DUE, on_due=on_due))
    async with office(app, tmp_path) as server:
        async with server.working():
            handle = await server.local.graph("ask", EMPTY)
            await open_tasks(handle)
        await server.local.days(5.1)
        await decide(handle)
        async with server.working():
            assert await output(handle) == {"log": [{"action": "approve", "by": "ann"}]}


def two(on_due: Any) -> Orchestrator:
    """An answered question beside one that nobody answers."""

    def answered(_state: Log) -> Log:
        return {"log": [ask("Answered?", payload="answered").by]}

    def unanswered(_state: Log) -> Log:
        return {"log": [ask("Unanswered?", payload="unanswered", due=DUE, on_due=on_due).by]}

    return application(two=fan(answered, unanswered))


async def test_is_not_lost_beside_a_question_that_parks_then(tmp_path: Path) -> None:
    async with office(two("park"), tmp_path) as server:
        async with server.working():
            handle = await server.local.graph("two", EMPTY)
            await open_tasks(handle, 2)
            task = await open_task(handle, "answered")
        await server.local.days(5.1)
        await decide(handle, task_id=task["task_id"])
        async with server.working():
            assert await parked(handle) == "TaskOverdue: " + await overdue(handle)
            await handle.execute_update("recover", {"action": "retry", "by": "op", "reason": "once more"})
            (left,) = await open_tasks(handle)
            assert left["payload"] == "unanswered"
            await decide(handle, by="bob")
            assert sorted((await output(handle))["log"]) == ["ann", "bob"]


async def overdue(handle: Any) -> str:
    """What the engine says about the question that nobody answered."""
    status = await until(handle, lambda found: found["state"] == "parked")
    return str(status["stages"][0]["error"].partition(": ")[2])
