"""The same load on one, two and four worker processes, and which of the parties is busy.

    python -m benchmarks.scale
    python -m benchmarks.scale --rounds 1

Printed are runs a second, the CPU for each run, and the cores that each party kept busy: where they add up to the cores
of the machine, more workers cannot help, and on machines of their own they would.
"""

import os
import statistics
import time
from contextlib import AsyncExitStack

from benchmarks.contestants import ours, peer
from benchmarks.harness import Given, run_one
from benchmarks.result import Cell, Part, Sheet
from benchmarks.servers import TUNED, postgres
from benchmarks.shapes import Shape
from benchmarks.throughput import Round, load
from orchestrator.devserver import dev_server

IN_FLIGHT = 100
SHAPE = Shape(10)
WORKERS = (1, 2, 4)


async def measure(given: Given) -> Part:
    """Ours and the plugin."""
    rounds, count = given.pick(3), 50 if given.quick else 300
    rows: list[list[Cell]] = []
    with postgres() as database:
        for name in ("ours", "plugin"):
            for workers in WORKERS:
                async with AsyncExitStack() as stack:
                    enter = stack.enter_async_context
                    temporal = await enter(dev_server(headless=True, extra=TUNED))
                    each = await enter(
                        ours(name, temporal, database.ours, workers)
                        if name == "ours"
                        else peer(name, temporal, workers)
                    )
                    pids = {"server": temporal.process.pid, "database": database.pid}
                    await load(each, SHAPE, 10 * workers, IN_FLIGHT, **pids)
                    found: list[Round] = []
                    client: list[float] = []
                    for _ in range(rounds):
                        before = time.process_time()
                        found.append(await load(each, SHAPE, count, IN_FLIGHT, **pids))
                        client.append((time.process_time() - before) * 1000 / count)
                ms = statistics.median(one.ms for one in found)
                parts = [
                    statistics.median(getattr(one, field) for one in found)
                    for field in ("worker_cpu_ms", "server_cpu_ms", "database_cpu_ms")
                ]
                parts.append(statistics.median(client))
                label = f"{name}, {workers} worker{'s' if workers > 1 else ''}"
                rows.append([label, 1000 / ms, sum(parts[:3]), *(part / ms for part in parts), sum(parts) / ms])
    columns = ["", "runs a second", "CPU for each, ms"]
    columns += [f"cores busy: {who}" for who in ("workers", "Temporal's server", "database", "client", "together")]
    return Part(
        "scale",
        {
            "rounds": rounds,
            "runs in each": count,
            "in flight": IN_FLIGHT,
            "cores": os.cpu_count(),
            "store": "PostgreSQL",
        },
        [Sheet(f"{SHAPE.layers} nodes, {IN_FLIGHT} in flight", columns, rows)],
    )


if __name__ == "__main__":
    run_one(measure, __doc__)
