from typing import Any

from langgraph.types import interrupt

from orchestrator.devserver import DevServer
from tests.long_life.running import chain, latest, serving, signal_until_continued
from tests.support.graphs import EMPTY, Log, says
from tests.support.graphs import chain as sequence
from tests.support.local import Handle, application, open_task
from tests.support.resets import before_signal, reset


def twice(_state: Log) -> Log:
    return {"log": [f"{interrupt('first?')} {interrupt('second?')}"]}


async def answer(handle: Handle, question: str, value: str) -> None:
    task = await open_task(handle, question)
    await handle.signal("decide", {"task_id": task["task_id"], "action": "approve", "values": value, "by": "ann"})


async def test_a_reset_within_the_latest_run_asks_again_and_keeps_what_the_run_before_had_answered(
    hasty: DevServer, checkpoints: str
) -> None:
    client = await hasty.client()
    async with serving(client, application(asks=sequence(says("before"), twice)), checkpoints) as local:
        handle = latest(client, await local.graph("asks", EMPTY))
        await answer(handle, "first?", "A")
        await open_task(handle, "second?")
        await signal_until_continued(client, handle, "noise")
        await answer(handle, "second?", "B")
        assert await log(handle) == ["before", "A B"]

        again = latest(client, await reset(client, handle, await before_signal(handle, name="decide")))
        await answer(again, "second?", "C")
        assert await log(again) == ["before", "A C"]


async def test_a_reset_of_the_run_before_goes_back_to_its_own_question(hasty: DevServer, checkpoints: str) -> None:
    client = await hasty.client()
    async with serving(client, application(asks=sequence(says("before"), twice)), checkpoints) as local:
        handle = latest(client, await local.graph("asks", EMPTY))
        await answer(handle, "first?", "A")
        await open_task(handle, "second?")
        await signal_until_continued(client, handle, "noise")
        await answer(handle, "second?", "B")
        assert await log(handle) == ["before", "A B"]

        first_run = client.get_workflow_handle(handle.id, run_id=(await chain(client, handle))[-1])
        again = latest(client, await reset(client, first_run, await before_signal(first_run, name="decide")))
        await answer(again, "first?", "C")
        await answer(again, "second?", "D")
        assert await log(again) == ["before", "C D"]


async def log(handle: Handle) -> Any:
    return (await handle.result())["output"]["log"]
