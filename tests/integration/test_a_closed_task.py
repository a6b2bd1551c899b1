from langgraph.types import interrupt

from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import audited, decide, open_tasks, output, refusal, serving, submit


def twice(_state: Log) -> Log:
    return {"log": [interrupt("first?"), interrupt("second?")]}


async def test_takes_no_second_decision_and_the_refusal_says_what_became_of_it() -> None:
    async with serving(ask=chain(twice)) as local:
        handle = await local.graph("ask", EMPTY)
        (first,) = await open_tasks(handle)
        await submit(handle, task_id=first["task_id"], values="A")
        (second,) = await open_tasks(handle)
        late = {"action": "approve", "by": "bob", "values": "B", "task_id": first["task_id"]}
        reason = await refusal(handle, "submit_decision", late)
        assert reason.startswith(f"Task {first['task_id']} is not open; it was decided")
        await handle.signal("decide", late)
        assert [(entry["by"], entry["detail"]) for entry in await audited(handle, "refused")] == [("bob", reason)]
        await decide(handle, task_id=second["task_id"], values="C")
        assert await output(handle) == {"log": ["A", "C"]}


async def test_that_never_was_is_refused_with_those_that_are_open() -> None:
    async with serving(ask=chain(twice)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        reason = await refusal(handle, "submit_decision", {"action": "approve", "by": "bob", "task_id": "nonsense"})
        assert reason == f"Task nonsense is not open; open are: {task['task_id']}."
