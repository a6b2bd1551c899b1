"""What waiting costs: many processes that each wait for a person, on one worker; then all are answered.

    python -m benchmarks.waiting                 # 10,000 processes, SQLite
    python -m benchmarks.waiting --count 2000 --cached 200
    python -m benchmarks.waiting --count 1000 --postgres      # checkpoints there; and the connections to it

Printed are the worker's memory before, while all wait, and after; what the server and the checkpointer keep on disk for
each, and the server for a workflow that has done nothing but start; whether every answer arrived and every process
ended; and what a million of them would take at that rate.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString
from uuid import uuid4

import psutil
import psycopg
from rich.progress import Progress
from temporalio.client import Client, WorkflowExecutionStatus

from benchmarks.contestants import child
from benchmarks.harness import Given, as_json, machine, options, start
from benchmarks.result import Part, Sheet, Target, show
from benchmarks.servers import TUNED, cpu_seconds, postgres
from orchestrator.devserver import DevServer, dev_server

COUNT, CACHED = 10_000, 500
AT_ONCE = 50
ONLY_STARTED = 10
"""One for so many processes; as many before them fill the server's write-ahead log, which then keeps its size."""
MEGABYTE = 1_000_000
KILOBYTE = 1000
MILLION = 1_000_000
DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Waited:
    """What was seen; bytes and seconds."""

    idle: int
    waiting: int
    after: int
    only_started: float
    """On the server's disk, each workflow that has done nothing but start."""
    server: int
    checkpoints: int
    started: float
    ended: float
    lost: int
    cpu: dict[str, tuple[float, float]]
    """Of worker, Temporal's server and database: seconds to start them all, and to answer them all."""
    connections: int = 0
    """To PostgreSQL, while processes are started."""


class Files:
    """Checkpoints in SQLite."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"sqlite:///{folder}/checkpoints.db"

    def size(self) -> int:
        """Bytes on disk."""
        return on_disk(self.folder, "checkpoints.db")

    pid: int | None = None

    def connections(self) -> int:
        """None that count."""
        return 0


class Server:
    """Checkpoints in PostgreSQL."""

    name = "PostgreSQL"

    def __init__(self, url: str, pid: int) -> None:
        self.url = url
        self.pid: int | None = pid

    def size(self) -> int:
        """Bytes of tables, indexes and what is free in them; not of the write-ahead log."""
        return self._ask("SELECT pg_database_size(current_database())")

    def connections(self) -> int:
        """Those of others."""
        return self._ask(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    def _ask(self, question: LiteralString) -> int:
        with psycopg.connect(self.url) as connection:
            row = connection.execute(question).fetchone()
        return int(row[0]) if row else 0


@contextmanager
def kept_in(*, server: bool, folder: Path) -> Iterator[Files | Server]:
    """Where checkpoints are kept."""
    if not server:
        yield Files(folder)
        return
    with postgres() as database:
        yield Server(database.ours, database.pid)


@asynccontextmanager
async def worker(server: DevServer, checkpoints: str, cached: int) -> AsyncIterator[psutil.Process]:
    """A worker process of its own."""
    async with child(
        *("-m", "orchestrator", "worker", "--app", "benchmarks.waiting_app:app"),
        TEMPORAL_ADDRESS=server.address,
        ORCHESTRATOR_CHECKPOINTS=checkpoints,
        ORCHESTRATOR_CACHED_WORKFLOWS=str(cached),
        ORCHESTRATOR_LOG_LEVEL="error",
    ) as process:
        yield psutil.Process(process.pid)


async def each(count: int, progress: Progress, what: str, client: Client) -> None:
    """Start a process for each number, only start a workflow, or answer a process; so many at once."""
    bar, numbers = progress.add_task(what, total=count), iter(range(count))

    async def some() -> None:
        for number in numbers:
            workflow_id = f"approve-{number}"
            if what == "only start":
                await client.start_workflow("Started", id=uuid4().hex, task_queue="nobody")
            elif what == "start":
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


def cpu(parties: dict[str, int | None]) -> dict[str, float]:
    """Seconds that each has used so far; a database without a process works in the worker's."""
    return {name: cpu_seconds(pid) if pid else 0.0 for name, pid in parties.items()}


async def wait(count: int, cached: int, *, on_server: bool = False) -> Waited:
    """Start them all, answer them all."""
    with (
        tempfile.TemporaryDirectory() as temporary,
        Progress(disable=not sys.stderr.isatty()) as progress,
        kept_in(server=on_server, folder=Path(temporary)) as checkpoints,
    ):
        folder = Path(temporary)
        async with dev_server(headless=True, db=folder / "temporal.db", extra=TUNED) as server:
            client = await server.client()
            async with worker(server, checkpoints.url, cached) as process:
                first = await client.start_workflow(
                    "GraphRun", {"graph": "approve", "input": {"number": -1}}, id="warm-up", task_queue="waiting"
                )
                await reached(client, "OrchState = 'waiting'", 1, progress, "warm up")
                await first.terminate()
                await asyncio.sleep(1)
                few = max(count // ONLY_STARTED, AT_ONCE)
                await each(few, progress, "only start", client)
                disk = on_disk(folder, "temporal.db")
                await each(few, progress, "only start", client)
                only_started = (on_disk(folder, "temporal.db") - disk) / few
                before, disk = process.memory_info().rss, on_disk(folder, "temporal.db")
                empty = checkpoints.size()
                parties = {"worker": process.pid, "Temporal's server": server.process.pid, "database": checkpoints.pid}
                used = [cpu(parties)]
                began = time.monotonic()
                await each(count, progress, "start", client)
                connections = checkpoints.connections()
                await reached(client, "ExecutionStatus = 'Running' AND OrchState = 'waiting'", count, progress, "wait")
                started = time.monotonic() - began
                waiting = process.memory_info().rss
                used.append(cpu(parties))
                served, kept = on_disk(folder, "temporal.db") - disk, checkpoints.size() - empty
                began = time.monotonic()
                await each(count, progress, "answer", client)
                done = "ExecutionStatus = 'Completed' AND WorkflowType = 'GraphRun'"
                await reached(client, done, count, progress, "end")
                ended = time.monotonic() - began
                after = process.memory_info().rss
                used.append(cpu(parties))
                lost = 0
                async for execution in client.list_workflows("WorkflowType = 'GraphRun'"):
                    lost += execution.id != "warm-up" and execution.status is not WorkflowExecutionStatus.COMPLETED
    spent = {name: (used[1][name] - used[0][name], used[2][name] - used[1][name]) for name in parties}
    return Waited(before, waiting, after, only_started, served, kept, started, ended, lost, spent, connections)


def part_of(found: Waited, count: int, cached: int, store: str = Files.name) -> Part:
    """With the arithmetic of a million: disk grows with the processes, memory with the cache."""
    server, kept = found.server / count, found.checkpoints / count
    growth = found.waiting - found.idle
    seen = Sheet(
        "Seen",
        ["", ""],
        [
            ["worker, idle, MB", found.idle / MEGABYTE],
            ["worker, while all wait, MB", found.waiting / MEGABYTE],
            ["worker, after all have ended, MB", found.after / MEGABYTE],
            ["of it for 1,000 cached workflows, MB", growth / MEGABYTE / min(count, cached) * 1000],
            ["Temporal's server on disk, for each, kB", server / KILOBYTE],
            ["the same for a workflow that has only been started, kB", found.only_started / KILOBYTE],
            ["checkpoints on disk, for each, kB", kept / KILOBYTE],
            ["started and waiting, each second", count / found.started],
            ["answered and ended, each second", count / found.ended],
            ["lost", found.lost],
        ],
    )
    if found.connections:
        seen.rows.append(["connections of the worker to PostgreSQL", found.connections])
    work = Sheet(
        "CPU for each, ms",
        ["", "to start it", "to answer it"],
        [[name, began / count * 1000, answered / count * 1000] for name, (began, answered) in found.cpu.items()],
    )
    million = Sheet(
        "A million at that rate",
        ["", "", "how"],
        [
            ["Temporal's server on disk, GB", server * MILLION / 1e9, f"{server / KILOBYTE:.1f} kB × 1,000,000"],
            ["checkpoints on disk, GB", kept * MILLION / 1e9, f"{kept / KILOBYTE:.1f} kB × 1,000,000"],
            ["a worker's memory, MB", found.waiting / MEGABYTE, f"the same: the cache holds {cached:,}, not a million"],
            [
                "hours to start them on one worker",
                MILLION / (count / found.started) / 3600,
                f"1,000,000 ÷ {count / found.started:.0f} a second ÷ 3,600",
            ],
            [
                "answers a second if each waits thirty days",
                MILLION / (30 * DAY_SECONDS),
                "1,000,000 ÷ (30 × 86,400 s)",
            ],
        ],
    )
    return Part(
        "waiting",
        {"processes": f"{count:,}", "cached workflows": f"{cached:,}", "store": store},
        [seen, work, million],
        [
            Target("a waiting process in Temporal's storage", 22, server / KILOBYTE, "kB"),
            Target("waiting processes lost", 0, found.lost, "processes"),
        ],
    )


async def measure(given: Given, count: int = COUNT, cached: int = CACHED, *, on_server: bool = False) -> Part:
    """One round: ten thousand are their own repetition."""
    count = min(count, 300) if given.quick else count
    store = Server.name if on_server else Files.name
    return part_of(await wait(count, cached, on_server=on_server), count, cached, store)


def main() -> None:
    """The command line."""
    parser = options(__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="How many processes.")
    parser.add_argument("--cached", type=int, default=CACHED, help="Workflows in the worker's cache.")
    parser.add_argument("--postgres", action="store_true", help="Keep checkpoints in PostgreSQL.")
    given = parser.parse_args()
    console = start()
    part = asyncio.run(measure(Given(given.rounds, given.quick), given.count, given.cached, on_server=given.postgres))
    show(console, part)
    if given.json:
        given.json.write_text(as_json(machine(), [part]))
    sys.exit(0 if part.targets[-1].met else 1)


if __name__ == "__main__":
    main()
