"""From a SIGKILL to the end: how long until another worker goes on, and what runs twice.

    python -m benchmarks.crash

Forty nodes of 0.1 s. Everything runs on the first worker; a replacement is up by the time the graph passes its middle;
five nodes from the end the first one is killed. Ours has a heartbeat timeout of 2 s. The plugin sends no heartbeats, so
its nodes have 2 s from start to close, which ours need not know.
"""

import asyncio
import contextlib
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.client import Client

from benchmarks.contestants import our_process, peer_process, polled
from benchmarks.harness import Given, run_one
from benchmarks.peer_worker import STEP_SECONDS
from benchmarks.result import Cell, Part, Sheet, Target
from benchmarks.servers import TUNED
from benchmarks.shapes import GATE, MARKED, NODE_SECONDS
from orchestrator.devserver import DevServer, dev_server

LEFT = 5
"""Nodes still to run when the worker dies, the one in flight among them."""


@dataclass(frozen=True)
class Death:
    """Seconds from the SIGKILL until a node ran again, and to the end; nodes that ran twice."""

    again: float
    done: float
    twice: int


def marks(file: Path) -> list[str]:
    """The number of each node that ran, in order."""
    return [line.split()[0] for line in file.read_text().splitlines()] if file.exists() else []


async def until(file: Path, count: int) -> None:
    """Return once so many nodes have begun."""
    async with asyncio.timeout(120):
        while len(marks(file)) < count:
            await asyncio.sleep(0.01)


async def kill(who: str, temporal: DevServer, checkpoints: str, folder: Path) -> Death:
    """One run with a death in it."""
    client, queue = await Client.connect(temporal.address), uuid4().hex
    file, gate = folder / f"{queue}.marks", folder / f"{queue}.gate"
    state = {"file": str(file), "gate": str(gate), "count": 0}
    wanted: tuple[str, list[Any]] = ("Plugged", ["marked", state])
    if who == "ours":
        options = {"heartbeat_timeout": f"PT{STEP_SECONDS}S"}
        wanted = ("GraphRun", [{"graph": "marked", "input": state, "options": options}])

    def worker() -> contextlib.AbstractAsyncContextManager[asyncio.subprocess.Process]:
        return our_process(temporal, checkpoints, queue) if who == "ours" else peer_process(temporal, who, queue)

    async with worker() as first:
        await polled(client, queue)
        handle = await client.start_workflow(wanted[0], args=wanted[1], id=uuid4().hex, task_queue=queue)
        await until(file, GATE + 1)
        async with worker():
            await polled(client, queue, 2)
            gate.touch()
            # The plugin's nodes are shared between both workers from here on, so that one dies which may be idle: its
            # workflow still sits in the first one's cache.
            await until(file, MARKED - LEFT + 1)
            first.kill()
            began, before = time.perf_counter(), len(marks(file))
            await until(file, before + 1)
            again = time.perf_counter() - began
            await handle.result()
            done = time.perf_counter() - began
    return Death(again, done, sum(times - 1 for times in Counter(marks(file)).values()))


async def measure(given: Given) -> Part:
    """Deaths in turn."""
    rounds = given.pick(5)
    found: dict[str, list[Death]] = {"ours": [], "plugin": []}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        async with dev_server(headless=True, extra=TUNED) as temporal:
            for _ in range(rounds):
                for who, deaths in found.items():
                    deaths.append(await kill(who, temporal, f"sqlite:///{folder}/bench.db", folder))
    rows: list[list[Cell]] = [
        [
            who,
            statistics.median(death.again for death in deaths),
            statistics.median(death.done for death in deaths),
            max(death.done for death in deaths),
            max(death.twice for death in deaths),
        ]
        for who, deaths in found.items()
    ]
    sheet = Sheet("SIGKILL", ["", "a node runs again, s", "done, s", "at worst, s", "nodes run twice, at most"], rows)
    return Part(
        "crash",
        {"rounds": rounds, "heartbeat timeout": f"{STEP_SECONDS} s", "nodes left": f"{LEFT} of {NODE_SECONDS} s each"},
        [sheet],
        [
            Target("from a SIGKILL to done", 5, sheet.get("ours", "done, s"), "s"),
            Target("nodes run twice", 1, sheet.get("ours", "nodes run twice, at most"), "nodes"),
        ],
    )


if __name__ == "__main__":
    run_one(measure, __doc__)
