"""How soon a new worker polls, and what a workflow costs in its sandbox.

    python -m benchmarks.startup

Start-up: from the start of the process until Temporal's server sees it poll for workflows and for activities, its
imports, its tables and its checks included. Sandbox: CPU time of replaying a finished history many times, so that
nothing but workflow code runs; with the sandbox, and without.
"""

import contextlib
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from benchmarks.contestants import child, our_process, ours, peer, peer_process, polled
from benchmarks.harness import Given, run_one
from benchmarks.peer_worker import plugin
from benchmarks.peer_workflows import Empty, Plugged
from benchmarks.result import Cell, Part, Sheet, Target
from benchmarks.servers import TUNED, postgres
from benchmarks.shapes import Shape
from benchmarks.staged import Staged
from orchestrator.cli import collector
from orchestrator.converter import DATA_CONVERTER
from orchestrator.devserver import DevServer, dev_server
from orchestrator.worker import PASSED_THROUGH
from orchestrator.workflow import GraphRun

if TYPE_CHECKING:
    import asyncio

SHAPE = Shape(10)
WORKERS = ("ours, SQLite", "ours, PostgreSQL", "plugin")


IMPORTS = "import temporalio.worker, langgraph.graph"


async def first_poll(client: Client, temporal: DevServer, who: str, folder: Path, postgresql: str) -> float:
    """Seconds."""
    queue = uuid4().hex
    processes: dict[str, Callable[[], AbstractAsyncContextManager[asyncio.subprocess.Process]]] = {
        "ours, SQLite": lambda: our_process(temporal, f"sqlite:///{folder}/{queue}.db", queue),
        "ours, PostgreSQL": lambda: our_process(temporal, postgresql, queue),
        "plugin": lambda: peer_process(temporal, "plugin", queue),
        "the imports of LangGraph and Temporal's SDK alone": lambda: child("-c", IMPORTS),
    }
    began = time.perf_counter()
    async with processes[who]() as process:
        await (polled(client, queue) if who in WORKERS else process.wait())
        return time.perf_counter() - began


async def recorded(client: Client, workflow: str, argument: list[object], queue: str) -> WorkflowHistory:
    """The history of one run."""
    handle = await client.start_workflow(workflow, args=argument, id=uuid4().hex, task_queue=queue)
    await handle.result()
    return await handle.fetch_history()


async def replayed(replayer: Replayer, history: WorkflowHistory, times: int) -> float:
    """Milliseconds of CPU for each."""

    async def again(count: int) -> float:
        async def all_of_them() -> AsyncIterator[WorkflowHistory]:
            for _ in range(count):
                yield history

        began = time.process_time()
        await replayer.replay_workflows(all_of_them())
        return (time.process_time() - began) * 1000

    few = await again(times)
    return (await again(times * 3) - few) / (times * 2)


def replayer_of(name: str, *, sandboxed: bool) -> Replayer:
    """As the worker of each has it."""
    runner: WorkflowRunner = UnsandboxedWorkflowRunner()
    if sandboxed:
        passed = PASSED_THROUGH if name.startswith("ours") else ()
        runner = SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*passed))
    if name.startswith("ours"):
        return Replayer(workflows=[GraphRun, Staged], workflow_runner=runner, data_converter=DATA_CONVERTER)
    if name == "plugin":
        return Replayer(workflows=[Plugged], workflow_runner=runner, plugins=[plugin()])
    return Replayer(workflows=[Empty], workflow_runner=runner)


async def sandbox(temporal: DevServer, checkpoints: str, times: int) -> list[list[Cell]]:
    """Each kind of workflow, with the sandbox and without."""
    rows: list[list[Cell]] = []
    client = await Client.connect(temporal.address)
    state = {"count": 0, "text": ""}
    async with contextlib.AsyncExitStack() as stack:
        us = await stack.enter_async_context(ours("ours", temporal, checkpoints))
        plugged = await stack.enter_async_context(peer("plugin", temporal))
        empty = await stack.enter_async_context(peer("empty", temporal))
        histories = {
            "ours, GraphRun": await recorded(client, "GraphRun", [{"graph": SHAPE.name, "input": state}], us.queue),
            "ours, a Process": await recorded(client, "Staged", [SHAPE.name, state], us.queue),
            "plugin": await recorded(client, "Plugged", [SHAPE.name, state], plugged.queue),
            "an empty workflow": await recorded(client, "Empty", [], empty.queue),
        }
    collector.resume()  # what is loaded is left alone, as in a worker
    for name, history in histories.items():
        inside, outside = [
            await replayed(replayer_of(name, sandboxed=sandboxed), history, times) for sandboxed in (True, False)
        ]
        rows.append([name, inside, outside])
    return rows


async def measure(given: Given) -> Part:
    """Start-up by turns, then replays."""
    rounds, times = given.pick(7), 10 if given.quick else 50
    found: dict[str, list[float]] = {who: [] for who in (*WORKERS, "the imports of LangGraph and Temporal's SDK alone")}
    with postgres() as database, tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        async with dev_server(headless=True, extra=TUNED) as temporal:
            client = await Client.connect(temporal.address)
            for number in range(-1, rounds):  # the first round fills the caches of the file system
                for who, seconds in found.items():
                    took = await first_poll(client, temporal, who, folder, database.ours)
                    if number >= 0:
                        seconds.append(took)
            rows = await sandbox(temporal, f"sqlite:///{folder}/bench.db", times)
    polls: list[list[Cell]] = [[who, statistics.median(seconds), min(seconds)] for who, seconds in found.items()]
    start = Sheet("From its start to a worker's first poll", ["", "median, s", "fastest, s"], polls)
    replays = Sheet(
        f"A workflow of {SHAPE.layers} nodes replayed, CPU", ["", "in the sandbox, ms", "without the sandbox, ms"], rows
    )
    return Part(
        "startup",
        {"rounds": rounds, "replays": times * 2},
        [start, replays],
        [
            Target("a worker's first poll", 1, start.get("ours, PostgreSQL", "median, s"), "s"),
            Target("CPU of a workflow in the sandbox", 6, replays.get("ours, a Process", "in the sandbox, ms"), "ms"),
        ],
    )


if __name__ == "__main__":
    run_one(measure, __doc__)
