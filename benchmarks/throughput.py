"""How many runs a second with 50 in flight, and what each costs in CPU: worker, Temporal's server, database.

    python -m benchmarks.throughput
    python -m benchmarks.throughput --rounds 1

The contestants take turns, each with one worker process; bare LangGraph runs in the benchmark's own process. On a
small machine worker, server, database and client share the cores, so the CPU for each run says more than the runs a
second.
"""

import contextlib
import statistics
import tempfile
from dataclasses import dataclass

from benchmarks.contestants import Contestant, bare, ours, peer
from benchmarks.harness import Given, at_once, ratio, run_one, timed, turns
from benchmarks.result import Cell, Part, Sheet, Target
from benchmarks.servers import TUNED, cpu_seconds, postgres
from benchmarks.shapes import Shape
from orchestrator.devserver import dev_server

IN_FLIGHT, RUNS = 50, 200
"""The first and the last of a load run with fewer beside them, so a load is several times what is in flight."""
TEN, FIFTY = Shape(10), Shape(50)


@dataclass(frozen=True)
class Round:
    """One load of one contestant; times for each run."""

    ms: float
    worker_cpu_ms: float
    server_cpu_ms: float
    database_cpu_ms: float

    @property
    def cpu_ms(self) -> float:
        """All three."""
        return self.worker_cpu_ms + self.server_cpu_ms + self.database_cpu_ms


Rounds = dict[tuple[str, Shape], list[Round]]


async def load(each: Contestant, shape: Shape, count: int, in_flight: int, *, server: int, database: int) -> Round:
    """So many runs, so many at a time."""
    groups = (each.pids, (server,), (database,))
    before = [cpu_seconds(*pids) for pids in groups]
    took = await timed(lambda: at_once(count, in_flight, lambda: each.run(shape)))
    used = [(cpu_seconds(*pids) - start) * 1000 / count for pids, start in zip(groups, before, strict=True)]
    return Round(took / count, *used)


def per_step(rounds: Rounds, name: str) -> list[float]:
    """Milliseconds that a super-step adds to a run, round by round."""
    pairs = zip(rounds[name, FIFTY], rounds[name, TEN], strict=True)
    return [(many.ms - few.ms) / (FIFTY.layers - TEN.layers) for many, few in pairs]


def sheet(shape: Shape, names: list[str], rounds: Rounds) -> Sheet:
    """Medians over the rounds."""
    columns = ["", "runs a second", "CPU for each, ms", "worker", "Temporal's server", "database"]
    rows: list[list[Cell]] = []
    for name in names:
        found = rounds[name, shape]

        def middle(field: str, found: list[Round] = found) -> float:
            return float(statistics.median(getattr(each, field) for each in found))

        parts = [middle(field) for field in ("worker_cpu_ms", "server_cpu_ms", "database_cpu_ms")]
        rows.append([name, 1000 / middle("ms"), middle("cpu_ms"), *parts])
    return Sheet(f"{shape.layers} nodes, {IN_FLIGHT} in flight", columns, rows)


async def measure(given: Given) -> Part:
    """Two graphs, all contestants."""
    rounds, count = given.pick(3), 50 if given.quick else RUNS
    found: Rounds = {}
    with tempfile.TemporaryDirectory() as folder, postgres() as database:
        sqlite = f"sqlite:///{folder}/bench.db"
        async with contextlib.AsyncExitStack() as stack:
            enter = stack.enter_async_context
            temporal = await enter(dev_server(headless=True, extra=TUNED))
            contestants = [
                await enter(bare("bare")),
                await enter(bare("stock, SQLite", sqlite)),
                await enter(ours("ours, SQLite", temporal, sqlite)),
                await enter(bare("stock shared, PostgreSQL", database.stock)),
                await enter(bare("stock per run, PostgreSQL", database.stock, saver_per_run=True)),
                await enter(ours("ours, PostgreSQL", temporal, database.ours)),
                *[await enter(peer(name, temporal)) for name in ("plugin", "steps", "empty")],
            ]
            pids = {"server": temporal.process.pid, "database": database.pid}
            for number, each in turns(contestants, rounds):
                for shape in (TEN, FIFTY):
                    size = count if number >= 0 else 10
                    one = await load(each, shape, size, IN_FLIGHT, **pids)
                    if number >= 0:
                        found.setdefault((each.name, shape), []).append(one)
    names = [each.name for each in contestants]
    our, plugin = "ours, PostgreSQL", "plugin"
    slopes = {name: per_step(found, name) for name in names}
    rows: list[list[Cell]] = [[name, statistics.median(slopes[name])] for name in names if name != "empty"]
    against = {
        name: ratio(slopes[mine], slopes[name])
        for mine, name in (
            (our, "stock shared, PostgreSQL"),
            (our, "stock per run, PostgreSQL"),
            ("ours, SQLite", "stock, SQLite"),
        )
    }
    times = {
        shape: ratio([each.ms for each in found[plugin, shape]], [each.ms for each in found[our, shape]])
        for shape in (TEN, FIFTY)
    }
    cpu = ratio([each.cpu_ms for each in found[our, FIFTY]], [each.cpu_ms for each in found[plugin, FIFTY]])
    return Part(
        "throughput",
        {"rounds": rounds, "runs in each": count, "in flight": IN_FLIGHT, **database.settings},
        [
            *[sheet(shape, names, found) for shape in (TEN, FIFTY)],
            Sheet(f"What a super-step adds, {IN_FLIGHT} in flight", ["", "ms"], rows),
        ],
        [
            Target(
                f"a super-step, {IN_FLIGHT} in flight, PostgreSQL, against a shared stock saver",
                0.50,
                against["stock shared, PostgreSQL"],
            ),
            Target(
                f"a super-step, {IN_FLIGHT} in flight, PostgreSQL, against a stock saver per run",
                0.85,
                against["stock per run, PostgreSQL"],
            ),
            Target(
                f"a super-step, {IN_FLIGHT} in flight, SQLite, against a shared stock saver",
                0.40,
                against["stock, SQLite"],
            ),
            Target("throughput against the plugin, 10 nodes", 3, times[TEN], at_least=True),
            Target("throughput against the plugin, 50 nodes", 8, times[FIFTY], at_least=True),
            Target("CPU for each run against the plugin, 50 nodes", 1 / 7, cpu),
        ],
    )


if __name__ == "__main__":
    run_one(measure, __doc__)
