"""An activity is told 2 MB at most: answers that come to more are taken one turn after the other."""

from functools import partial
from typing import Any

from langgraph.types import interrupt

from tests.support.graphs import EMPTY, Log, fan
from tests.support.local import application, open_tasks, output, serving, submit, until

QUESTIONS = 12
ANSWER = "x" * 240 * 1024


def asks(number: int, _state: Log) -> Log:
    return {"log": [len(interrupt(f"{number}?"))]}


def asking(number: int) -> Any:
    node: Any = partial(asks, number)
    node.__name__ = f"asks_{number}"
    return node


async def test_reach_the_graph_after_a_pause() -> None:
    async with serving(application(work=fan(*map(asking, range(QUESTIONS))))) as local:
        handle = await local.graph("work", EMPTY)
        tasks = await open_tasks(handle, QUESTIONS)
        await handle.signal("pause", {"by": "op"})
        await until(handle, lambda status: status["state"] == "paused")
        for task in tasks:
            await submit(handle, task_id=task["task_id"], values=ANSWER)
        await handle.signal("resume", {"by": "op"})
        assert (await output(handle))["log"] == [len(ANSWER)] * QUESTIONS
