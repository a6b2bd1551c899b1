"""An activity is told 2 MB at most: answers that come to more are taken one turn after the other."""

from functools import partial
from typing import Any

from langgraph.types import interrupt

from orchestrator.waits import ask
from tests.support.graphs import EMPTY, Log, chain, fan
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


async def test_are_given_to_questions_whose_payloads_are_large_together() -> None:
    def asks_at_length(number: int, _state: Log) -> Log:
        return {"log": [interrupt({"number": number, "about": "x" * 100 * 1024})]}

    def asking_at_length(number: int) -> Any:
        node: Any = partial(asks_at_length, number)
        node.__name__ = f"asks_{number}"
        return node

    async with serving(application(work=fan(*map(asking_at_length, range(30))))) as local:
        handle = await local.graph("work", EMPTY)
        tasks = await open_tasks(handle, 30)
        assert all(task["payload_ref"] is not None for task in tasks)
        for number, task in enumerate(tasks):
            await submit(handle, task_id=task["task_id"], values=number)
        assert (await output(handle))["log"] == list(range(30))


async def test_are_not_asked_for_by_more_questions_than_can_be_told() -> None:
    def asks_too_much(_state: Log) -> Log:
        return {"log": [ask("Well?", description="x" * 1_700_000)]}

    async with serving(ask=chain(asks_too_much)) as local:
        handle = await local.graph("ask", EMPTY)
        status = await until(handle, lambda status: status["state"] == "parked")
        assert "shorter descriptions" in status["stages"][0]["error"]
        assert status["stages"][0]["error"].startswith("BadInput")
