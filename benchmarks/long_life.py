"""What a long life costs: `python -m benchmarks.long_life [--stages 10000] [--signals 50000]`.

One process runs stage after stage, another takes signal after signal; both on a stock dev server, which suggests a new
run every 4,096 events, and one worker in this process with checkpoints in SQLite. Printed: the runs each took, its
longest history, the worker's memory on the way, and what was lost.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, TypedDict

import structlog
from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel
from temporalio import workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from orchestrator import Orchestrator
from orchestrator.client import OrchestratorClient
from orchestrator.devserver import dev_server
from orchestrator.settings import Settings
from orchestrator.testing import worker
from orchestrator.trail import broken
from orchestrator.workflow import Process

TUNED = ("--dynamic-config-value", "history.transferProcessorMaxPollRPS=1000")
"""Without it the dev server delays each workflow task of a busy workflow by 50 ms."""
AT_ONCE = 10
"""Signals under way."""
AGAIN_SECONDS = 1.0
"""After the server has refused a signal: it takes 10,000 in one run, and a run that cannot keep up ends with them."""
UNKNOWN_EVERY = 10
"""Every so-manieth signal is one that is refused, so that the audit trail grows too."""


class Count(TypedDict):
    """The state of the graph: a number that comes back one larger."""

    number: int


def add(state: Count) -> Count:
    """One node."""
    return {"number": state["number"] + 1}


class Sum(BaseModel):
    """What a process takes to its next run."""

    count: int = 0
    total: int = 0


@workflow.defn
class Stages(Process):
    """Stage after stage."""

    @workflow.run
    async def run(self, wanted: int, done: int) -> int:
        """How many it ran; each was given the number that the last one returned."""
        while done < wanted:
            done = (await self.run_graph("step", {"number": done}))["number"]
            await self.checkpoint(wanted, done)
        return done


@workflow.defn
class Signals(Process):
    """Signal after signal."""

    @workflow.run
    async def run(self, wanted: int, known: Sum) -> Sum:
        """How many came, and their sum: neither is right if one is lost or comes twice."""
        while known.count < wanted:
            number = await self.wait_for("number")
            known = Sum(count=known.count + 1, total=known.total + number)
            await self.checkpoint(wanted, known)
        return known


def application() -> Orchestrator:
    """Both of them."""
    app = Orchestrator("long-life")
    graph = StateGraph(Count).add_node("add", add).add_edge(START, "add").add_edge("add", END)
    app.graph(graph, name="step")
    app.workflow(Stages)
    app.workflow(Signals)
    return app


async def run_stages(client: Client, wanted: int) -> None:
    """Ten thousand stages."""
    handle = await client.start_workflow("Stages", args=[wanted, 0], id="stages", task_queue="long-life")
    done, row = await _watched(handle)
    await _tell(client, handle, f"{wanted:,} stages", row, lost=wanted - done)


async def send_signals(client: Client, wanted: int, checkpoints: str) -> None:
    """Fifty thousand signals."""
    handle = await client.start_workflow("Signals", args=[wanted, Sum()], id="signals", task_queue="long-life")
    turn = asyncio.Semaphore(AT_ONCE)

    refused = 0

    async def surely(name: str, payload: Any) -> None:
        nonlocal refused
        while True:
            try:
                return await handle.signal(name, payload)
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    raise
                refused += 1
                await asyncio.sleep(AGAIN_SECONDS)

    async def send(number: int) -> None:
        async with turn:
            if number % UNKNOWN_EVERY == 0:
                await surely("decide", {"task_id": "gone", "action": "approve", "by": f"nobody-{number}"})
            await surely("event", {"name": "number", "payload": number})

    async def send_all() -> None:
        for first in range(0, wanted, 1000):
            await asyncio.gather(*map(send, range(first, min(first + 1000, wanted))))

    sending = asyncio.create_task(send_all())
    came, row = await _watched(handle)
    await sending
    _say(f"{refused} signals were refused by the server at first\n")
    exact = came["total"] == sum(range(wanted))
    await _tell(client, handle, f"{wanted:,} signals", row, lost=wanted - came["count"])
    recent = await handle.query("audit")
    trail = await OrchestratorClient(client, checkpoints=checkpoints).trail(handle.id)
    entries = sum(entry["what"] == "refused" for entry in trail)
    _say(f"  sum {'exact' if exact else 'WRONG'}; audit trail {'holds' if broken(trail) is None else 'BROKEN'}: ")
    _say(f"{len(trail):,} entries, {len(recent):,} of them in the workflow; {entries:,} refusals\n")


async def _watched(handle: WorkflowHandle[Any, Any]) -> tuple[Any, list[int]]:
    """The result, and the memory of this process at its tenths in time, in MiB."""
    memory = [_memory_mib()]
    result = asyncio.create_task(handle.result())
    while not (await asyncio.wait([result], timeout=5))[0]:
        memory.append(_memory_mib())
    return await result, [*memory, _memory_mib()]


async def _tell(client: Client, handle: WorkflowHandle[Any, Any], what: str, memory: list[int], *, lost: int) -> None:
    query = f"WorkflowId = '{handle.id}'"
    runs = [found async for found in client.list_workflows(query)]
    while any(found.status is None or found.close_time is None for found in runs):  # visibility is a moment behind
        runs = [found async for found in client.list_workflows(query)]
    seconds = (
        max(found.close_time for found in runs if found.close_time) - min(found.start_time for found in runs)
    ).seconds
    events = max(found.history_length for found in runs)
    size_kib = max(found.raw_info.history_size_bytes for found in runs) // 1024
    tenths = [memory[len(memory) * tenth // 10] for tenth in range(10)]
    _say(f"{what}: {seconds} s, {len(runs)} runs, longest history {events:,} events, {size_kib:,} KiB; lost {lost}\n")
    _say(f"  memory at each tenth of the time, MiB: {' '.join(map(str, [*tenths, memory[-1]]))}\n")


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _memory_mib() -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) // 1024
    return 0


async def main() -> None:
    """Both, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.long_life", description=__doc__)
    parser.add_argument("--stages", type=int, default=10_000)
    parser.add_argument("--signals", type=int, default=50_000)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(checkpoints=f"sqlite:///{folder}/checkpoints.db", drain_seconds=1, search_attributes=False)
        async with dev_server(headless=True, extra=TUNED) as server:
            client = await server.client()
            async with worker(application(), client, settings):
                await run_stages(client, given.stages)
                await send_signals(client, given.signals, settings.checkpoints)
    _say(f"{time.monotonic() - began:.0f} s in all\n")


if __name__ == "__main__":
    asyncio.run(main())
