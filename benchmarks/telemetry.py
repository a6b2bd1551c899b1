"""What traces and metrics cost: the same stage on a worker with them and on one without, taking turns.

    python -m benchmarks.telemetry
    python -m benchmarks.telemetry --rounds 30 --steps 100

Both workers run in this process, over one Temporal dev server and checkpoints in memory, so that a super-step is as
short as it can be and the share of telemetry as large. Spans go to an OTLP collector that takes them and does nothing.
The ratio is taken round by round, because machines drift; `--metrics` or `--traces` measures one of them alone.
"""

import argparse
import asyncio
import contextlib
import os
import platform
import statistics
import sys
from collections.abc import AsyncIterator
from importlib.metadata import version
from uuid import uuid4

from aiohttp import web
from rich.console import Console
from temporalio.client import Client

from benchmarks.cost import TUNED, chain, timed
from orchestrator import Orchestrator, logs
from orchestrator.converter import DATA_CONVERTER
from orchestrator.devserver import DevServer, dev_server, free_port
from orchestrator.settings import Settings
from orchestrator.telemetry.flushing import flush
from orchestrator.telemetry.prometheus import metrics_runtime
from orchestrator.telemetry.spans import interceptors
from orchestrator.testing import worker


@contextlib.asynccontextmanager
async def collector() -> AsyncIterator[str]:
    """The address of a collector that takes everything."""

    async def take(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(content_type="application/x-protobuf")

    app = web.Application(client_max_size=2**28)
    app.router.add_post("/v1/traces", take)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def contestant(temporal: DevServer, settings: Settings, steps: int) -> AsyncIterator[tuple[Client, str]]:
    """A client and the task queue of a worker with those settings."""
    app = Orchestrator(f"bench-{uuid4().hex[:8]}")
    app.graph(chain(steps), name="chain")
    client = await Client.connect(
        temporal.address,
        data_converter=DATA_CONVERTER,
        runtime=metrics_runtime(settings),
        interceptors=interceptors(settings),
    )
    async with worker(app, client, settings):
        yield client, app.name


async def measure(steps: int, rounds: int, *, traces: bool, metrics: bool) -> dict[str, list[float]]:
    """Milliseconds of each run, off and on."""
    off = Settings(checkpoints="memory://", log_level="error", drain_seconds=1)
    on = off.model_copy(
        update={
            "telemetry": "otlp" if traces else "off",
            "metrics_bind": f"127.0.0.1:{free_port()}" if metrics else None,
        }
    )
    found: dict[str, list[float]] = {"off": [], "on": []}
    async with collector() as address, dev_server(headless=True, extra=TUNED) as temporal:
        os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address
        async with contestant(temporal, off, steps) as without, contestant(temporal, on, steps) as with_it:
            for number in range(-2, rounds):  # the first rounds warm up
                order = [("off", without), ("on", with_it)]
                for name, (client, queue) in order if number % 2 else reversed(order):
                    request = {"graph": "chain", "input": {"count": 0, "text": ""}}
                    took = await timed(
                        lambda: client.execute_workflow("GraphRun", request, id=uuid4().hex, task_queue=queue)  # noqa: B023
                    )
                    if number >= 0:
                        found[name].append(took)
        await asyncio.to_thread(flush)  # while the collector is there
    return found


async def main(steps: int, rounds: int, *, traces: bool, metrics: bool) -> None:
    """Measure, and say."""
    console = Console()
    logs.configure(Settings(log_level="error"))
    found = await measure(steps, rounds, traces=traces, metrics=metrics)
    ratios = [on / off for off, on in zip(found["off"], found["on"], strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    versions = ", ".join(f"{name} {version(name)}" for name in ("temporalio", "langgraph", "opentelemetry-sdk"))
    console.print(f"Python {platform.python_version()}, {versions}, {platform.machine()}")
    console.print(f"{steps} super-steps, {rounds} rounds, traces {traces}, metrics {metrics}")
    off, on = (statistics.median(found[name]) for name in ("off", "on"))
    console.print(f"off {off:.1f} ms, on {on:.1f} ms: {(on - off) / steps * 1000:.0f} µs a super-step")
    console.print(f"on / off: {middle:.3f} (half of the rounds between {low:.3f} and {high:.3f})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=sys.modules[__name__].__doc__)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--traces", action="store_true")
    parser.add_argument("--metrics", action="store_true")
    given = parser.parse_args()
    both = not (given.traces or given.metrics)
    asyncio.run(main(given.steps, given.rounds, traces=given.traces or both, metrics=given.metrics or both))
