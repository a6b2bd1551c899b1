from langgraph.types import interrupt

from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import decide, open_task, output, serving, submit


def twice(_state: Log) -> Log:
    return {"log": [interrupt("first?"), interrupt("second?")]}


async def test_makes_a_decision_that_is_sent_twice_one_decision() -> None:
    async with serving(ask=chain(twice)) as local:
        handle = await local.graph("ask", EMPTY)
        first = await open_task(handle, "first?")
        assert (await submit(handle, values="A", decision_id="1"))["status"] == "accepted"
        await open_task(handle, "second?")
        again = await submit(handle, values="A", decision_id="1")
        assert (again["status"], again["task_id"]) == ("duplicate", first["task_id"])
        await decide(handle, values="A", decision_id="1")
        await decide(handle, values="B", decision_id="2")
        assert await output(handle) == {"log": ["A", "B"]}


async def test_of_a_decision_that_was_kept_counts_as_well() -> None:
    async with serving(ask=chain(twice)) as local:
        handle = await local.client.start_workflow(
            "GraphRun",
            {"graph": "ask", "input": EMPTY},
            id="early",
            task_queue=local.queue,
            start_signal="decide",
            start_signal_args=[{"action": "approve", "by": "ann", "values": "A", "decision_id": "1"}],
        )
        await decide(handle, values="A", decision_id="1")
        await open_task(handle, "second?")
        await decide(handle, values="B", decision_id="2")
        assert await output(handle) == {"log": ["A", "B"]}
