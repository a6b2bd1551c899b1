"""What waiting costs: many processes that each wait for a person, on one worker; then all are answered.

    python -m benchmarks.waiting                 # 10,000 processes, SQLite
    python -m benchmarks.waiting --count 2000 --cached 200

Printed are the worker's memory before, while all wait, and after; what the server and the checkpointer keep on disk for
each; and whether every answer arrived and every process ended.
"""

import argparse
import asyncio
import os
import platform
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
from rich.console import Console
from rich.progress import Progress
from temporalio.client import Client, WorkflowExecutionStatus

from orchestrator import logs
from orchestrator.devserver import DevServer, dev_server
from orchestrator.settings import Settings

TUNED = ("--dynamic-config-value", "history.transferProcessorMaxPollRPS=1000")
AT_ONCE = 50
MEGABYTE = 1_000_000


@asynccontextmanager
async def worker(server: DevServer, folder: Path, cached: int) -> AsyncIterator[psutil.Process]:
    """A worker process of its own."""
    environment = os.environ | {
        "TEMPORAL_ADDRESS": server.address,
        "ORCHESTRATOR_CHECKPOINTS": f"sqlite:///{folder}/checkpoints.db",
        "ORCHESTRATOR_CACHED_WORKFLOWS": str(cached),
        "ORCHESTRATOR_LOG_LEVEL": "error",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "orchestrator", "worker", "--app", "benchmarks.waiting_app:app", env=environment
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


async def each(count: int, progress: Progress, what: str, client: Client) -> None:
    """Do something for each number, so many at once."""
    bar, numbers = progress.add_task(what, total=count), iter(range(count))

    async def some() -> None:
        for number in numbers:
            workflow_id = f"approve-{number}"
            if what == "start":
                request = {"graph": "approve", "input": {"number": number}}
                await client.start_workflow("GraphRun", request, id=workflow_id, task_queue="waiting")
            else:
                decision = {"action": "approve", "by": "ann", "decision_id": f"d-{number}"}
                await client.get_workflow_handle(workflow_id).signal("decide", decision)
            progress.advance(bar)

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


async def reached(client: Client, query: str, count: int, progress: Progress, what: str) -> None:
    """Wait until so many workflows fit a visibility query."""
    bar = progress.add_task(what, total=count)
    while (found := (await client.count_workflows(query)).count) < count:
        progress.update(bar, completed=found)
        await asyncio.sleep(1)
    progress.update(bar, completed=found)


def on_disk(folder: Path, name: str) -> int:
    """Bytes of a SQLite database, its write-ahead log included."""
    return sum(file.stat().st_size for file in folder.glob(f"{name}*"))


async def measure(count: int, cached: int) -> bool:
    """Run it, print it, and say whether nothing was lost."""
    with tempfile.TemporaryDirectory() as temporary, Progress(disable=not sys.stderr.isatty()) as progress:
        folder = Path(temporary)
        async with dev_server(headless=True, db=folder / "temporal.db", extra=TUNED) as server:
            client = await server.client()
            async with worker(server, folder, cached) as process:
                first = await client.start_workflow(
                    "GraphRun", {"graph": "approve", "input": {"number": -1}}, id="warm-up", task_queue="waiting"
                )
                await reached(client, "OrchState = 'waiting'", 1, progress, "warm up")
                await first.terminate()
                await asyncio.sleep(1)
                before, disk = process.memory_info().rss, on_disk(folder, "temporal.db")
                began = time.monotonic()
                await each(count, progress, "start", client)
                await reached(client, "ExecutionStatus = 'Running' AND OrchState = 'waiting'", count, progress, "wait")
                started = time.monotonic() - began
                waiting = process.memory_info().rss
                served, kept = on_disk(folder, "temporal.db") - disk, on_disk(folder, "checkpoints.db")
                began = time.monotonic()
                await each(count, progress, "answer", client)
                done = "ExecutionStatus = 'Completed' AND WorkflowType = 'GraphRun'"
                await reached(client, done, count, progress, "end")
                ended = time.monotonic() - began
                after = process.memory_info().rss
                wrong = 0
                async for execution in client.list_workflows("WorkflowType = 'GraphRun'"):
                    wrong += execution.id != "warm-up" and execution.status is not WorkflowExecutionStatus.COMPLETED
    say = Console(width=160, highlight=False).print
    say(
        f"{count:,} processes waiting for a person, a cache of {cached:,} workflows, Python {platform.python_version()}"
    )
    say(
        f"worker memory: {before / MEGABYTE:.0f} MB idle, {waiting / MEGABYTE:.0f} MB while all wait, "
        f"{after / MEGABYTE:.0f} MB after all have ended"
    )
    say(f"on disk for each: server {served / count / 1000:.1f} kB, checkpointer {kept / count / 1000:.1f} kB")
    say(f"started within {started:.0f} s, answered and ended within {ended:.0f} s; lost: {wrong}")
    return wrong == 0


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="How many processes.")
    parser.add_argument("--cached", type=int, default=500, help="Workflows in the worker's cache.")
    given = parser.parse_args()
    logs.configure(Settings(log_level="error"))
    sys.exit(0 if asyncio.run(measure(given.count, given.cached)) else 1)


if __name__ == "__main__":
    main()
