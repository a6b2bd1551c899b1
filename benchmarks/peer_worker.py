"""A worker process of a peer: `python -m benchmarks.peer_worker plugin|steps ADDRESS QUEUE`."""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.langgraph import LangGraphPlugin
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.worker import Worker

from benchmarks.peer_workflows import Empty, Plugged, PluggedQuestion, Steps
from benchmarks.shapes import AROUND, NODES, SHAPES, asking, carry, grow, grown, marked, node

QUIET = Runtime(
    telemetry=TelemetryConfig(logging=LoggingConfig(filter=TelemetryFilter(core_level="ERROR", other_level="ERROR")))
)
"""A large state is warned about at each node."""
STEP_SECONDS = 2
"""For the nodes of `marked`: the plugin sends no heartbeats, so a dead worker shows when a node's time is up."""


@activity.defn
async def step(state: dict[str, Any]) -> dict[str, Any]:
    """What a node does."""
    return await node(state)  # type: ignore[arg-type]


@activity.defn
async def grow_step(state: dict[str, Any]) -> dict[str, Any]:
    """What the nodes of `grown` do."""
    return await (carry if state["count"] else grow)(state)  # type: ignore[arg-type]


@activity.defn
async def nothing() -> None:
    """Nothing."""


def plugin() -> LangGraphPlugin:
    """Every graph, each node an activity."""
    as_activity = {"execute_in": "activity"}
    quick = {**as_activity, "start_to_close_timeout": timedelta(seconds=STEP_SECONDS)}
    graphs = {shape.name: shape.build(as_activity) for shape in SHAPES}
    graphs |= {f"grown{nodes}": grown(nodes, as_activity) for nodes in NODES}
    graphs |= {f"asking{around}": asking(around, as_activity) for around in AROUND}
    graphs["marked"] = marked(quick, as_activity)
    return LangGraphPlugin(graphs=graphs, default_activity_options={"start_to_close_timeout": timedelta(minutes=1)})


async def main(kind: str, address: str, queue: str) -> None:
    """Poll until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    client = await Client.connect(address, runtime=QUIET)
    if kind == "plugin":
        worker = Worker(client, task_queue=queue, workflows=[Plugged, PluggedQuestion], plugins=[plugin()])
    else:
        worker = Worker(client, task_queue=queue, workflows=[Steps, Empty], activities=[step, grow_step, nothing])
    async with worker:
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
    os._exit(0)  # on Python 3.11 the interpreter's end now and then collides with a thread of the SDK's
