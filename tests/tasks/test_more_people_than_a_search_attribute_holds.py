"""Temporal terminates a workflow whose search attribute is over 2 KB: there are as many names in it as fit."""

import asyncio

from orchestrator import inbox
from orchestrator.devserver import DevServer
from orchestrator.info import WorkflowInfo
from orchestrator.names import MORE_ASSIGNEES
from tests.support.graphs import EMPTY
from tests.support.local import Local, open_tasks, refusal
from tests.support.robust_serving import on_dev_server, result
from tests.tasks.desk import asking

PEOPLE = [f"somebody.with.a.long.name.{number:03}@department.example.com" for number in range(100)]


async def found(local: Local, workflow_id: str, person: str) -> None:
    """Return once visibility lists the task for that person."""
    async with asyncio.timeout(30):
        wanted = inbox.Wanted(whom=frozenset({person}))
        while workflow_id not in [task.workflow_id for task in (await inbox.read(local.client, wanted)).tasks]:
            await asyncio.sleep(0.05)


async def test_are_cut_there_and_each_of_them_still_finds_the_task(temporal: DevServer) -> None:
    async with on_dev_server(temporal, ask=asking(assignees=["ann"])) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        change = {"task_id": task["task_id"], "action": "reassign", "by": "ann"}
        await handle.execute_update("assign", change | {"assignees": PEOPLE})
        for person in (PEOPLE[0], PEOPLE[-1]):
            await found(local, handle.id, person)
        assignees = (await WorkflowInfo.of(await handle.describe())).assignees
        assert assignees[:2] == PEOPLE[:2]
        assert assignees[-1] == MORE_ASSIGNEES
        await handle.signal("decide", {"action": "approve", "by": PEOPLE[-1]})
        await result(handle)


async def test_or_with_a_name_longer_than_a_name_are_refused(temporal: DevServer) -> None:
    async with on_dev_server(temporal, ask=asking()) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        claim = {"task_id": task["task_id"], "action": "claim", "by": "a" * 2100}
        assert "by: String should have at most 255 characters" in await refusal(handle, "assign", claim)
        crowd = {"task_id": task["task_id"], "action": "reassign", "by": "ann", "assignees": ["bob"] * 201}
        assert "assignees: List should have at most 200 items" in await refusal(handle, "assign", crowd)
        await handle.terminate()
