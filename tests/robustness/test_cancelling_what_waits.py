import asyncio
import time
from datetime import timedelta

from langgraph.types import interrupt

from orchestrator.devserver import DevServer
from orchestrator.waits import sleep, wait_for
from tests.support.failing import Bench
from tests.support.graphs import EMPTY, Log, chain, fan
from tests.support.local import audited, open_tasks, until
from tests.support.robust_serving import ends_cancelled, on_dev_server, parked


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


def sleeps(_state: Log) -> Log:
    sleep(timedelta(days=30))
    return {"log": ["woke"]}


def listens(_state: Log) -> Log:
    return {"log": [wait_for("reply")]}


async def test_for_a_person_withdraws_the_task_and_ends_at_once(temporal: DevServer) -> None:
    async with on_dev_server(temporal, ask=chain(asks)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        began = time.monotonic()
        await handle.cancel()
        await ends_cancelled(handle)
        assert time.monotonic() - began < 2
        (withdrawn,) = await audited(handle, "withdrawn")
        assert withdrawn["task_id"] == task["task_id"]
        assert await handle.query("tasks") == []
        assert (await handle.query("status"))["state"] == "cancelled"


async def test_for_several_things_at_once_gives_them_all_up(temporal: DevServer) -> None:
    async with on_dev_server(temporal, wait=fan(asks, sleeps, listens)) as local:
        handle = await local.graph("wait", EMPTY)
        await until(handle, lambda status: len(status["waits"]) == 3)
        await handle.cancel()
        await ends_cancelled(handle)
        assert (await handle.query("status"))["waits"] == []


async def test_for_an_operator_ends_cancelled_and_a_recovery_comes_too_late(temporal: DevServer) -> None:
    bench = Bench(KeyError("score"))
    async with on_dev_server(temporal, work=bench.graph()) as local:
        handle = await local.graph("work", EMPTY)
        await parked(handle)
        await handle.cancel()
        await ends_cancelled(handle)
        assert bench.ran == ["before", "broken"]
        assert (await handle.query("status"))["stages"][0]["state"] == "cancelled"


async def test_for_the_end_of_a_pause_ends_cancelled(temporal: DevServer) -> None:
    bench = Bench(KeyError("score"))
    async with on_dev_server(temporal, work=bench.graph()) as local:
        handle = await local.graph("work", EMPTY)
        await parked(handle)
        await handle.signal("pause", {"by": "op"})
        await handle.execute_update("recover", {"action": "retry", "by": "op", "reason": "mended"})
        await handle.cancel()
        await asyncio.wait_for(ends_cancelled(handle), 5)
        assert bench.ran == ["before", "broken"]
