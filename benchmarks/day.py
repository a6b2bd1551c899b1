"""A day of traffic on one worker process, on a server that skips the time in between: does anything pile up?

    python -m benchmarks.day
    python -m benchmarks.day --runs 20        # each hour

In each hour so many runs begin. Each works, meets a service that is away (one in ten), asks a person, reminds them,
escalates, and is answered in the fourth hour. What the worker holds is looked at after each hour: as many runs are
under way then at noon as at midnight, so whatever still grows is not given back.
"""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import psutil
from rich.progress import Progress
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from benchmarks.contestants import child
from benchmarks.harness import Given, as_json, at_once, machine, options, start
from benchmarks.result import Cell, Part, Sheet, Target, show
from orchestrator.testing import time_skipping

RUNS, HOURS, ANSWERED_AFTER = 100, 24, 3
"""Runs that begin in each hour; hours; and for how many of them a question stays open."""
CACHED = 200
AT_ONCE = 20
SETTLED = 8
"""Hours after which the cache is full and the answers come as fast as the questions."""
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Held:
    """What the worker process holds after an hour."""

    memory: int
    """Bytes."""
    files: int
    threads: int

    @classmethod
    def by(cls, process: psutil.Process) -> "Held":
        """Now."""
        return cls(process.memory_info().rss, process.num_fds(), process.num_threads())


@asynccontextmanager
async def worker(environment: WorkflowEnvironment, folder: str) -> AsyncIterator[psutil.Process]:
    """A worker process of its own."""
    async with child(
        *("-m", "orchestrator", "worker", "--app", "benchmarks.day_app:app"),
        TEMPORAL_ADDRESS=environment.client.service_client.config.target_host,
        ORCHESTRATOR_CHECKPOINTS=f"sqlite:///{folder}/checkpoints.db",
        ORCHESTRATOR_SEARCH_ATTRIBUTES="false",
        ORCHESTRATOR_CACHED_WORKFLOWS=str(CACHED),
        ORCHESTRATOR_LOG_LEVEL="error",
    ) as process:
        yield psutil.Process(process.pid)


async def begin(client: Client, hour: int, runs: int) -> None:
    """The runs of an hour."""
    numbers = iter(range(runs))

    async def one() -> None:
        number = next(numbers)
        request = {"graph": "approve", "input": {"number": number}}
        await client.start_workflow("GraphRun", request, id=f"run-{hour}-{number}", task_queue="day")

    await at_once(runs, AT_ONCE, one)


async def answer(client: Client, hour: int, runs: int) -> int:
    """Those of an hour; how many of them ended as they should."""
    numbers, ended = iter(range(runs)), 0

    async def one() -> None:
        nonlocal ended
        handle = client.get_workflow_handle(f"run-{hour}-{next(numbers)}")
        await handle.signal("decide", {"action": "approve", "by": "ann"})
        result = await handle.result()
        ended += result["output"]["answer"] == "approve"

    await at_once(runs, AT_ONCE, one)
    return ended


async def live(runs: int, hours: int) -> tuple[list[Held], int]:
    """What was held after each hour, and how many runs were lost."""
    with tempfile.TemporaryDirectory() as folder, Progress(disable=not sys.stderr.isatty()) as progress:
        async with time_skipping() as environment, worker(environment, folder) as process:
            held, ended = list[Held](), 0
            for hour in progress.track(range(hours), description="hours"):
                await begin(environment.client, hour, runs)
                if hour >= ANSWERED_AFTER:
                    ended += await answer(environment.client, hour - ANSWERED_AFTER, runs)
                await environment.sleep(timedelta(hours=1))
                held.append(Held.by(process))
            for hour in range(max(0, hours - ANSWERED_AFTER), hours):
                ended += await answer(environment.client, hour, runs)
    return held, runs * hours - ended


def part_of(held: list[Held], lost: int, runs: int) -> Part:
    """Hour by hour, and what a thousand runs leave behind."""
    hours = len(held)
    shown = sorted({1, *range(4, hours, 4), hours})
    rows: list[list[Cell]] = [
        [f"{hour}", hour * runs, held[hour - 1].memory / MEGABYTE, held[hour - 1].files, held[hour - 1].threads]
        for hour in shown
    ]
    settled = held[min(SETTLED, hours) - 1]
    files = held[-1].files - settled.files
    grown = (held[-1].memory - settled.memory) / MEGABYTE
    targets = [Target("runs lost in a day", 0, lost, "runs")]
    if hours > SETTLED:
        further = (hours - SETTLED) * runs / 1000
        rows.append([f"a thousand runs more, after hour {SETTLED}", None, grown / further, files / further, None])
        targets.append(Target(f"files open after a day, beyond those after {SETTLED} hours", 0, files, "files"))
    sheet = Sheet("What the worker holds", ["after hour", "runs begun", "memory, MB", "open files", "threads"], rows)
    return Part("day", {"runs each hour": runs, "cached workflows": CACHED, "store": "SQLite"}, [sheet], targets)


async def measure(given: Given, runs: int = RUNS) -> Part:
    """One day."""
    runs, hours = (5, 5) if given.quick else (runs, HOURS)
    return part_of(*await live(runs, hours), runs)


def main() -> None:
    """The command line."""
    parser = options(__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="How many begin in each hour.")
    given = parser.parse_args()
    console = start()
    part = asyncio.run(measure(Given(given.rounds, given.quick), given.runs))
    show(console, part)
    if given.json:
        given.json.write_text(as_json(machine(), [part]))
    sys.exit(0 if all(target.met for target in part.targets) else 1)


if __name__ == "__main__":
    main()
