"""`keep="waits"`: a thread that does not grow with its steps, and goes on, and back, as exactly as any."""

from pathlib import Path
from typing import Any

import pytest
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

from orchestrator import Orchestrator
from orchestrator.devserver import DevServer
from tests.retention.server import keeping
from tests.support.graphs import EMPTY, Builder, Log, Node, chain, says
from tests.support.local import Handle, open_task, open_tasks, output
from tests.support.resets import before_signal, reset
from tests.support.stores import rows

STEPS = 70
ASKS_AT = (25, 50)
QUICK = {"initial_interval": "PT0.05S", "maximum_attempts": 2}


def looping(folder: Path) -> Any:
    """A loop of many steps, with a subgraph in each, two questions, and a failure that a retry mends."""

    def step(state: Log) -> Log:
        number = len(state["log"])
        if number in ASKS_AT:
            return {"log": [interrupt(f"number {number}?")]}
        if number == STEPS - 5 and not (folder / "failed").exists():
            (folder / "failed").touch()
            raise RuntimeError("once")
        with (folder / "ran").open("a") as file:
            file.write(f"{number}\n")
        return {"log": [number]}

    inner = chain(says("a"), says("b")).compile()

    async def calls(_state: Log) -> dict[str, Any]:
        await inner.ainvoke(EMPTY)
        return {"log": []}

    builder: Builder = StateGraph(Log)
    builder.add_node("step", step)
    node: Node = calls
    builder.add_node("calls", node)
    builder.add_edge(START, "step")
    builder.add_edge("step", "calls")
    builder.add_conditional_edges("calls", lambda state: END if len(state["log"]) >= STEPS else "step", ["step", END])
    return builder


async def answer(handle: Handle, number: int, value: str) -> None:
    task = await open_task(handle, f"number {number}?")
    await handle.signal("decide", {"task_id": task["task_id"], "action": "approve", "values": value, "by": "ann"})


def kept(graph: Any, keep: Any) -> Orchestrator:
    app = Orchestrator("tests")
    app.graph(graph, name="work", keep=keep)
    return app


@pytest.mark.parametrize("checkpoints", ["sqlite", "postgresql", "redis"], indirect=True)  # moto is slow
async def test_it_stays_small_and_nothing_runs_twice(temporal: DevServer, checkpoints: str, tmp_path: Path) -> None:
    async with keeping(temporal, checkpoints, kept(looping(tmp_path), "waits")) as served:
        handle = await served.start("work", EMPTY, options={"retry": QUICK})
        await answer(handle, 25, "A")
        await answer(handle, 50, "B")
        log = (await output(handle))["log"]
        thread_id = (await handle.result())["thread_id"]
        assert log == [{25: "A", 50: "B"}.get(number, number) for number in range(STEPS)]
        ran = [int(line) for line in (tmp_path / "ran").read_text().split()]
        assert ran == [number for number in range(STEPS) if number not in ASKS_AT]
        assert (await served.upkeep.size(thread_id))[0] == len(ASKS_AT) + 1


@pytest.mark.parametrize("times", [1, 2])
async def test_a_reset_goes_back_to_each_of_its_waits(
    temporal: DevServer, checkpoints: str, tmp_path: Path, times: int
) -> None:
    async with keeping(temporal, checkpoints, kept(looping(tmp_path), "waits")) as served:
        handle = await served.start("work", EMPTY, options={"retry": QUICK})
        await answer(handle, 25, "A")
        await answer(handle, 50, "B")
        await output(handle)
        again = await reset(served.client, handle, await before_signal(handle, times))
        for number, value in [(25, "C"), (50, "D")][times - 1 :]:
            await answer(again, number, value)
        expected = {25: "C" if times == 1 else "A", 50: "D"}
        assert (await output(again))["log"] == [expected.get(number, number) for number in range(STEPS)]


async def test_of_a_graph_that_keeps_the_latest_nothing_lies_about_while_it_runs_either(
    temporal: DevServer, checkpoints: str, tmp_path: Path
) -> None:
    async with keeping(temporal, checkpoints, kept(looping(tmp_path), "latest")) as served:
        handle = await served.start("work", EMPTY, options={"retry": QUICK})
        await open_tasks(handle)
        thread_id = (await handle.query("status"))["stages"][0]["thread_id"]
        assert (await served.upkeep.size(thread_id))[0] == 1
        await answer(handle, 25, "A")
        await answer(handle, 50, "B")
        await output(handle)
        assert await rows(served.store, thread_id) == {(await handle.result())["checkpoint_id"]}
