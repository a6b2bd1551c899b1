from typing import Any

from langgraph.types import interrupt

from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import Handle, audited, decide, open_tasks, output, refusal, serving


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Who?")]}


async def assign(handle: Handle, task: dict[str, Any], action: str, by: str, *assignees: str) -> dict[str, Any]:
    change = {"task_id": task["task_id"], "action": action, "by": by, "assignees": list(assignees)}
    changed: dict[str, Any] = await handle.execute_update("assign", change)
    return changed


async def test_a_task_is_claimed_given_back_and_reassigned_and_the_audit_knows() -> None:
    async with serving(ask=chain(asks)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        claimed = await assign(handle, task, "claim", "ann")
        assert (claimed["claimed_by"], claimed["state"]) == ("ann", "claimed")
        given_back = await assign(handle, task, "unclaim", "ann")
        assert (given_back["claimed_by"], given_back["state"]) == (None, "open")
        reassigned = await assign(handle, task, "reassign", "boss", "bob", "eve")
        assert (await open_tasks(handle))[0]["assignees"] == reassigned["assignees"] == ["bob", "eve"]
        done = [(entry["by"], entry["detail"]["action"]) for entry in await audited(handle, "assigned")]
        assert done == [("ann", "claim"), ("ann", "unclaim"), ("boss", "reassign")]
        await decide(handle, values="me")
        assert await output(handle) == {"log": ["me"]}


async def test_what_somebody_else_claimed_is_not_claimed_again_but_may_be_reassigned() -> None:
    async with serving(ask=chain(asks)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        await assign(handle, task, "claim", "ann")
        theft = {"task_id": task["task_id"], "action": "claim", "by": "bob"}
        assert "claimed by ann; reassign it instead" in await refusal(handle, "assign", theft)
        assert (await assign(handle, task, "reassign", "boss", "bob"))["claimed_by"] is None


async def test_of_nobody_or_of_a_task_there_is_not_is_refused() -> None:
    async with serving(ask=chain(asks)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        nobody = {"task_id": task["task_id"], "action": "delegate", "by": "ann"}
        assert "say to whom" in await refusal(handle, "assign", nobody)
        assert "not open" in await refusal(handle, "assign", nobody | {"task_id": "gone"})
