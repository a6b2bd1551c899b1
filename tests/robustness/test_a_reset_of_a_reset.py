from langgraph.types import interrupt

from orchestrator.devserver import DevServer
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.local import Handle, decide, open_task
from tests.support.resets import before_signal, reset
from tests.support.robust_rows import checkpoint_ids
from tests.support.robust_serving import log_of, on_dev_server, result


def asks(_state: Log) -> Log:
    return {"log": [interrupt("first?"), interrupt("second?")]}


async def answered(handle: Handle, payload: str, value: str) -> None:
    task = await open_task(handle, payload)
    await decide(handle, task_id=task["task_id"], values=value)


async def test_takes_the_newest_answers_each_time(temporal: DevServer, checkpoints: str) -> None:
    async with on_dev_server(temporal, checkpoints, work=chain(says("before"), asks, says("after"))) as local:
        first = await local.graph("work", EMPTY)
        await answered(first, "first?", "A")
        await answered(first, "second?", "B")
        assert await log_of(first) == ["before", "A", "B", "after"]

        second = await reset(local.client, first, await before_signal(first, 2))
        await answered(second, "second?", "C")
        assert await log_of(second) == ["before", "A", "C", "after"]

        third = await reset(local.client, second, await before_signal(second))
        await answered(third, "first?", "D")
        await answered(third, "second?", "E")
        assert await log_of(third) == ["before", "D", "E", "after"]

        fourth = await reset(local.client, third, await before_signal(third, 2))
        await answered(fourth, "second?", "F")
        assert await log_of(fourth) == ["before", "D", "F", "after"]

        threads = [(await result(run))["thread_id"] for run in (first, second, third, fourth)]
    assert len(set(threads)) == 4
    assert {len(checkpoint_ids(checkpoints, thread)) for thread in threads} == {5}


async def test_of_the_first_run_once_more_still_finds_its_thread(temporal: DevServer, checkpoints: str) -> None:
    async with on_dev_server(temporal, checkpoints, work=chain(says("before"), asks)) as local:
        first = await local.graph("work", EMPTY)
        await answered(first, "first?", "A")
        await answered(first, "second?", "B")
        await result(first)
        point = await before_signal(first, 2)
        for value in ("C", "D"):
            again = await reset(local.client, first, point)
            await answered(again, "second?", value)
            assert await log_of(again) == ["before", "A", value]


async def test_while_the_first_one_waits_replaces_it(temporal: DevServer, checkpoints: str) -> None:
    async with on_dev_server(temporal, checkpoints, work=chain(says("before"), asks)) as local:
        first = await local.graph("work", EMPTY)
        await answered(first, "first?", "A")
        await answered(first, "second?", "B")
        await result(first)
        second = await reset(local.client, first, await before_signal(first))
        await answered(second, "first?", "C")
        await open_task(second, "second?")
        third = await reset(local.client, second, await before_signal(second))
        await answered(third, "first?", "D")
        await answered(third, "second?", "E")
        assert await log_of(third) == ["before", "D", "E"]
