from orchestrator.waits import ask
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import open_tasks, output, refusal, serving, submit


def asks(_state: Log) -> Log:
    answer = ask("Approve?", quorum=2)
    return {"log": [answer.action, answer.by]}


async def test_of_two_needs_two_different_people() -> None:
    async with serving(ask=chain(asks)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        assert task["quorum"] == 2
        first = await submit(handle, by="ann")
        assert (first["status"], first["remaining"]) == ("pending_quorum", 1)
        reason = await refusal(handle, "submit_decision", {"action": "approve", "by": "ann"})
        assert reason == f"ann has decided on task {task['task_id']} already; it needs another person."
        (task,) = await open_tasks(handle)
        assert [decision["by"] for decision in task["decisions"]] == ["ann"]
        assert (await submit(handle, by="bob"))["status"] == "accepted"
        assert await output(handle) == {"log": ["approve", "bob"]}


async def test_is_not_needed_for_a_rejection() -> None:
    async with serving(ask=chain(asks)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        await submit(handle, by="ann")
        assert (await submit(handle, "reject", by="bob"))["status"] == "accepted"
        assert await output(handle) == {"log": ["reject", "bob"]}
