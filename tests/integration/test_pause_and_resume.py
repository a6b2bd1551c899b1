import asyncio

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from tests.support.failing import Bench
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.local import audited, decide, open_tasks, output, serving, until

OPERATOR = {"by": "op", "reason": "maintenance"}


class Long:
    """A node that ends once its stage is told to drain, and one after it."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.entered = asyncio.Event()

    async def long(self, _state: Log, runtime: Runtime[None]) -> Log:
        self.ran.append("long")
        self.entered.set()
        async with asyncio.timeout(5):  # so that a pause which nobody hears fails the test
            while not runtime.drain_requested:
                await asyncio.sleep(0.01)
        return {"log": ["long"]}

    async def after(self, _state: Log) -> Log:
        self.ran.append("after")
        return {"log": ["after"]}


async def test_drains_the_running_stage_and_goes_on_with_no_node_run_twice() -> None:
    work = Long()
    async with serving(work=chain(says("before"), work.long, work.after)) as local:
        handle = await local.graph("work", EMPTY)
        await work.entered.wait()
        await handle.signal("pause", OPERATOR)
        status = await until(handle, lambda status: any(stage["steps"] == 2 for stage in status["stages"][:1]))
        assert status["state"] == "paused"
        status = await until(handle, lambda status: status["stages"][0]["state"] == "paused")
        assert work.ran == ["long"]
        await handle.signal("resume", OPERATOR)
        assert await output(handle) == {"log": ["before", "long", "after"]}
        assert work.ran == ["long", "after"]
        assert [(entry["by"], entry["via"]) for entry in await audited(handle, "paused")] == [("op", "signal")]


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


async def test_leaves_tasks_open_and_takes_their_answers() -> None:
    async with serving(ask=chain(asks)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        await handle.signal("pause", OPERATOR)
        await until(handle, lambda status: status["state"] == "paused")
        assert [open_["task_id"] for open_ in await handle.query("tasks")] == [task["task_id"]]
        await decide(handle, values="yes")
        status = await until(handle, lambda status: status["tasks"] == 0)
        assert status["state"] == "paused"
        await handle.signal("resume", OPERATOR)
        assert await output(handle) == {"log": ["yes"]}


async def test_twice_and_resuming_what_is_not_paused_are_refused_in_the_audit() -> None:
    async with serving(ask=chain(asks)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        for signal in ("resume", "pause", "pause", "resume"):
            await handle.signal(signal, OPERATOR)
        await handle.signal("pause", {"reason": "nobody"})
        assert len(await audited(handle, "refused")) == 3
        await decide(handle, values="yes")
        assert await output(handle) == {"log": ["yes"]}


async def test_a_stage_recovered_meanwhile_runs_only_once_the_workflow_is_resumed() -> None:
    bench = Bench(KeyError("score"))
    async with serving(work=bench.graph()) as local:
        handle = await local.graph("work", EMPTY)
        await until(handle, lambda status: status["state"] == "parked")
        await handle.signal("pause", OPERATOR)
        bench.mended = True
        await handle.execute_update("recover", {"action": "retry", "by": "op", "reason": "fixed"})
        assert (await handle.query("status"))["state"] == "paused"
        assert bench.ran == ["before", "broken"]
        await handle.signal("resume", OPERATOR)
        assert await output(handle) == {"log": ["before", "broken", "after"]}
