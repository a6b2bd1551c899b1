"""Records one history per scenario into tests/integration/histories: `python -m tests.support.record [SCENARIO…]`.

Histories are evidence of what older versions did: once released, one is never recorded anew.
"""

import asyncio
import contextlib
import re
import sys
import sysconfig
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from temporalio.client import WorkflowFailureError

from orchestrator.devserver import dev_server
from orchestrator.settings import Settings
from orchestrator.testing import time_skipping, worker
from tests.support.failing import Bench
from tests.support.graphs import EMPTY
from tests.support.local import Handle, Local, decide, open_task, open_tasks, submit, until
from tests.support.recorded import application

HISTORIES = Path(__file__).parents[1] / "integration" / "histories"
RETRY = {"action": "retry", "by": "op", "reason": "fixed"}


async def completes(local: Local, _bench: Bench) -> Handle:
    """A graph, and no more."""
    return await local.graph("plain", EMPTY)


async def is_answered(local: Local, _bench: Bench) -> Handle:
    """By signal and by update, after some that are refused."""
    handle = await local.graph("asks", EMPTY)
    await open_task(handle, "first?")
    await handle.signal("decide", "nonsense")
    await handle.signal("nonsense", {})
    await decide(handle, task_id="asks-1", values="A", decision_id="1")
    await decide(handle, task_id="asks-1", values="B", decision_id="1")
    (second,) = [task for task in await open_tasks(handle) if task["title"] == "Second?"]
    change = {"task_id": second["task_id"], "action": "claim", "by": "ann"}
    await handle.execute_update("assign", change)
    await submit(handle, task_id=second["task_id"])
    return handle


async def takes_days(local: Local, _bench: Bench) -> Handle:
    """Reminders, and the default answer at the due date."""
    return await local.graph("default", EMPTY)


async def whole(local: Local, _bench: Bench) -> Handle:
    """Stages side by side, timers, events, early ones too, and a question of the workflow itself."""
    handle = await local.start("Whole", "it")
    await handle.signal("event", {"name": "reply", "payload": "early", "event_id": "1"})
    for side in ("right?", "left?"):
        async with asyncio.timeout(20):
            while not (found := [task for task in await handle.query("tasks") if task["payload"] == side]):
                await asyncio.sleep(0.02)
        await decide(handle, task_id=found[0]["task_id"], values=side)
    await local.days(9)
    await until(handle, lambda status: status["tasks"] == 1)
    await submit(handle)
    return handle


async def is_parked(local: Local, bench: Bench) -> Handle:
    """Parked, retried in vain, retried after a fix."""
    handle = await local.graph("fails", EMPTY)
    for turn in (1, 2):
        await until(
            handle,
            lambda status, turn=turn: (  # type: ignore[misc]
                status["state"] == "parked" and status["stages"][0]["attempt"] == turn
            ),
        )
        bench.mended = turn == 2
        await handle.execute_update("recover", RETRY)
    return handle


async def is_aborted(local: Local, _bench: Bench) -> Handle:
    """Parked, and given up."""
    handle = await local.graph("fails", EMPTY)
    await until(handle, lambda status: status["state"] == "parked")
    await handle.execute_update("recover", RETRY | {"action": "abort"})
    return handle


async def is_paused(local: Local, _bench: Bench) -> Handle:
    """Paused while it waits, answered, resumed."""
    handle = await local.graph("sides", EMPTY)
    tasks = await open_tasks(handle, 2)
    await handle.signal("pause", {"by": "op"})
    for task in tasks:
        await decide(handle, task_id=task["task_id"], values="yes")
    await handle.signal("resume", {"by": "op"})
    return handle


async def is_cancelled(local: Local, _bench: Bench) -> Handle:
    """Cancelled while it waits."""
    handle = await local.graph("sides", EMPTY)
    await open_tasks(handle, 2)
    await handle.cancel()
    return handle


async def is_amended(local: Local, bench: Bench) -> Handle:
    """Parked, its state mended, and then a node skipped."""
    handle = await local.graph("fails", EMPTY)
    for turn, repair in ((1, {"action": "amend", "values": {"log": ["mended"]}}), (3, {"action": "skip"})):
        await until(
            handle,
            lambda status, turn=turn: (  # type: ignore[misc]
                status["state"] == "parked" and status["stages"][0]["attempt"] >= turn
            ),
        )
        await handle.execute_update("recover", RETRY | repair)
    bench.mended = True
    return handle


async def escalates(local: Local, _bench: Bench) -> Handle:
    """Claimed, escalated twice, refused to one, approved by two."""
    handle = await local.graph("panel", EMPTY)
    await open_tasks(handle)
    await handle.execute_update("assign", {"task_id": "panel-1", "action": "claim", "by": "ann"})
    await local.days(2.5)
    await submit(handle, by="ann")
    await decide(handle, by="ann")
    await submit(handle, by="boss")
    return handle


async def continues(local: Local, _bench: Bench) -> Handle:
    """The second run, which was told of two open tasks and of early events."""
    first = await local.graph("sides", EMPTY)
    await open_tasks(first, 2)
    handle = local.client.get_workflow_handle(first.id)
    number = 0
    while (await handle.describe()).run_id == first.first_execution_run_id:
        await handle.execute_update("submit_event", {"name": "noise", "payload": number, "event_id": str(number)})
        number += 1
    for task in await open_tasks(handle, 2):
        await submit(handle, task_id=task["task_id"], values="yes")
    return handle


Scenario = Callable[[Local, Bench], Awaitable[Handle]]
ON_DEV_SERVER: tuple[Scenario, ...] = (
    completes,
    is_answered,
    is_parked,
    is_aborted,
    is_paused,
    is_cancelled,
    is_amended,
    continues,
)
ON_SKIPPED_TIME: tuple[Scenario, ...] = (takes_days, whole, escalates)
EARLY = ("--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=60")
"""So that a new run is soon suggested."""


async def record(scenario: Scenario, local: Local, bench: Bench) -> None:
    """Play a scenario to its end and keep its history."""
    bench.mended = False
    handle = await scenario(local, bench)
    with contextlib.suppress(WorkflowFailureError):
        await handle.result()
    history = anonymous((await handle.fetch_history()).to_json())
    (HISTORIES / f"{scenario.__name__}.json").write_text(history + "\n")


def anonymous(history: str) -> str:
    """Without the names of this machine and its folders."""
    for folder in (sysconfig.get_path("purelib"), sysconfig.get_path("stdlib"), str(HISTORIES.parents[2])):
        history = history.replace(f"{folder}/", "")
    return re.sub(r'"[0-9]+@[^"]*"', '"worker"', history)


async def main(wanted: set[str]) -> None:
    """Record the scenarios named, or all."""
    bench = Bench(KeyError("score"))
    app = application(bench)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(checkpoints=f"sqlite:///{folder}/checkpoints.db", drain_seconds=1, search_attributes=False)
        async with dev_server(headless=True, extra=EARLY) as server:
            client = await server.client()
            async with worker(app, client, settings):
                for scenario in ON_DEV_SERVER:
                    if not wanted or scenario.__name__ in wanted:
                        await record(scenario, Local(client, app.name), bench)
    for scenario in ON_SKIPPED_TIME:
        if not wanted or scenario.__name__ in wanted:
            async with time_skipping() as environment, worker(app, environment.client):
                await record(scenario, Local(environment.client, app.name, environment), bench)


if __name__ == "__main__":
    asyncio.run(main(set(sys.argv[1:])))
