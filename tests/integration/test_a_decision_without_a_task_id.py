from langgraph.types import interrupt

from orchestrator.waits import wait_for
from tests.support.graphs import EMPTY, Log, chain, fan
from tests.support.local import audited, decide, open_tasks, output, refusal, serving, submit


def left(_state: Log) -> Log:
    return {"log": [interrupt("left?")]}


def right(_state: Log) -> Log:
    return {"log": [interrupt("right?")]}


async def test_sent_while_no_task_is_open_is_kept_for_the_next_one() -> None:
    async with serving(ask=chain(left)) as local:
        handle = await local.client.start_workflow(
            "GraphRun",
            {"graph": "ask", "input": EMPTY},
            id="early",
            task_queue=local.queue,
            start_signal="decide",
            start_signal_args=[{"action": "approve", "by": "ann", "values": "early"}],
        )
        assert await output(handle) == {"log": ["early"]}
        assert [entry["by"] for entry in await audited(handle, "kept")] == ["ann"]


def gated(_state: Log) -> Log:
    wait_for("go")
    return {"log": [len(interrupt("first?")), len(interrupt("second?"))]}


async def test_is_refused_when_the_kept_ones_are_too_large_to_travel_along() -> None:
    async with serving(ask=chain(gated)) as local:
        handle = await local.graph("ask", EMPTY)
        large = {"action": "approve", "by": "ann", "values": "x" * 100 * 1024}
        for _ in range(2):
            assert (await submit(handle, **large))["status"] == "accepted"
        assert "2 decisions wait for a task already" in await refusal(handle, "submit_decision", large)
        await handle.signal("decide", large)
        await handle.signal("event", {"name": "go"})
        assert await output(handle) == {"log": [100 * 1024] * 2}
        assert "Send it again, with its task_id" in (await audited(handle, "refused"))[-1]["detail"]


async def test_goes_to_the_one_open_task() -> None:
    async with serving(ask=chain(left)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        assert (await submit(handle, values="now"))["task_id"] == task["task_id"]
        assert await output(handle) == {"log": ["now"]}


async def test_is_refused_while_several_are_open_and_says_which() -> None:
    async with serving(ask=fan(left, right)) as local:
        handle = await local.graph("ask", EMPTY)
        tasks = await open_tasks(handle, 2)
        reason = await refusal(handle, "submit_decision", {"action": "approve", "by": "ann"})
        await decide(handle)
        assert [entry["detail"] for entry in await audited(handle, "refused")] == [reason]
        for task in tasks:
            assert task["task_id"] in reason
            await decide(handle, task_id=task["task_id"], values=task["payload"])
        assert sorted((await output(handle))["log"]) == ["left?", "right?"]
