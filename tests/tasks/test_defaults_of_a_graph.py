"""`Options.human`: what holds for questions that do not say otherwise, field by field."""

from datetime import timedelta
from typing import Any

import pytest
from langgraph.types import interrupt
from temporalio import workflow

from orchestrator import Orchestrator
from orchestrator.workflow import Process
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import decide, open_tasks, output, serving, submit, until
from tests.tasks.desk import asking, moment, recorded, told

DAY = timedelta(days=1)
HUMAN: dict[str, Any] = {
    "assignees": ["group:desk"],
    "due": "P5D",
    "follow_up": "P2D",
    "remind_every": "P1D",
    "escalations": [{"after": "P3D", "to": ["boss"]}],
    "escalate_to": ["director"],
    "quorum": {"approvals": 2, "of": 3, "veto": False},
    "not_by": ["eve"],
}


def plain(_state: Log) -> Log:
    return {"log": [interrupt("Approve?")]}


async def test_hold_for_a_plain_interrupt() -> None:
    async with serving(ask=chain(plain)) as local:
        handle = await local.graph("ask", EMPTY, options={"human": HUMAN})
        (task,) = await open_tasks(handle)
        opened = moment(task["created_at"])
        names = ("due_at", "follow_up_at", "next_reminder_at", "next_escalation_at")
        assert [(moment(task[name]) - opened) / DAY for name in names] == [5, 2, 1, 3]
        assert (task["assignees"], task["quorum"], task["quorum_of"]) == (["group:desk"], 2, 3)
        assert task["not_by"] == ["eve"]
        await local.days(5.5)
        (task,) = await open_tasks(handle)
        assert task["assignees"] == ["group:desk", "boss", "director"]
        assert (await submit(handle, by="ann"))["remaining"] == 1
        await submit(handle, by="bob")
        assert await output(handle) == {"log": [True]}


async def test_give_way_to_what_the_question_says() -> None:
    said: dict[str, Any] = {"assignees": ["bob"], "due": DAY, "quorum": 1, "not_by": ["mallory"]}
    async with serving(ask=asking(**said)) as local:
        handle = await local.graph("ask", EMPTY, options={"human": HUMAN})
        (task,) = await open_tasks(handle)
        assert (task["assignees"], task["quorum"], task["not_by"]) == (["bob"], 1, ["mallory"])
        assert moment(task["due_at"]) - moment(task["created_at"]) == DAY
        assert moment(task["follow_up_at"]) - moment(task["created_at"]) == 2 * DAY


async def test_of_the_registration_and_of_the_start_are_merged() -> None:
    app = Orchestrator("tests", options={"human": {"assignees": ["app"], "due": "P1D"}})
    app.graph(chain(plain), name="ask", options={"human": {"due": "P2D", "remind_every": "P1D"}})
    async with serving(app) as local:
        handle = await local.graph("ask", EMPTY, options={"human": {"remind_every": "PT12H"}})
        (task,) = await open_tasks(handle)
        opened = moment(task["created_at"])
        assert task["assignees"] == ["app"]
        assert moment(task["due_at"]) - opened == 2 * DAY
        assert moment(task["next_reminder_at"]) - opened == DAY / 2


@pytest.mark.parametrize(
    ("on_due", "log"), [({"action": "approve"}, [True]), ({"action": "edit", "values": [7]}, [[7]])], ids=str
)
async def test_answer_a_plain_interrupt_at_its_due_date(on_due: Any, log: list[Any]) -> None:
    async with serving(ask=chain(plain)) as local:
        handle = await local.graph("ask", EMPTY, options={"human": {"due": "P3D", "on_due": on_due}})
        assert await output(handle) == {"log": log}
        assert await told(handle, "expired") == [("expired", "orchestrator", "timer")]


async def test_park_a_plain_interrupt_at_its_due_date() -> None:
    async with serving(ask=chain(plain)) as local:
        handle = await local.graph("ask", EMPTY, options={"human": {"due": "P3D", "on_due": "park"}})
        await open_tasks(handle)
        await local.days(4)
        await until(handle, lambda status: status["state"] == "parked")
        (line,) = await recorded(handle, "parked")
        assert "Nobody answered 'Approve?'" in line["detail"]["reason"]


@workflow.defn
class Asks(Process):
    @workflow.run
    async def run(self) -> Any:
        return (await self.ask("Approve?")).by


async def test_of_the_application_hold_for_a_workflow_s_own_question() -> None:
    app = Orchestrator("tests", options={"human": {"assignees": ["app"]}})
    app.workflow(Asks)
    async with serving(app) as local:
        handle = await local.start("Asks")
        (task,) = await open_tasks(handle)
        await decide(handle)
        await handle.result()
        assert task["assignees"] == ["app"]
