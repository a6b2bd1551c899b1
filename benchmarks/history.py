"""What a stage leaves in Temporal's history: events and bytes, as the server counts them.

    python -m benchmarks.history

The first node makes a state of so many bytes, the others carry it along; input and output are small. Then a large input
and output, which our client sends by reference.
"""

import contextlib
import tempfile
from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.service import RPCError

from benchmarks.contestants import Contestant, ours, peer
from benchmarks.harness import Given, run_one
from benchmarks.result import Cell, Part, Sheet, Target
from benchmarks.servers import TUNED
from benchmarks.shapes import NODES, Shape
from orchestrator.client import OrchestratorClient
from orchestrator.devserver import dev_server

SIZES = {"1 KB": 1_000, "100 KB": 100_000, "1 MB": 1_000_000}
LARGE = 1_000_000
KILOBYTE = 1000
Kept = tuple[int, float, str]
"""Events, kilobytes, and why it failed, if it did."""


async def kept(handle: WorkflowHandle[object, object]) -> Kept:
    """Wait for its end, and ask the server."""
    failed = ""
    try:
        await handle.result()
    except WorkflowFailureError as error:
        failed = f"{error.cause.__class__.__name__}: {error.cause}"
    except RPCError as error:
        failed = str(error)
    info = (await handle.describe()).raw_description.workflow_execution_info
    return info.history_length, info.history_size_bytes / KILOBYTE, failed


async def grown(client: Client, each: Contestant, nodes: int, size: int) -> Kept:
    """One run of a graph with a large state."""
    arguments: list[Any]
    state: dict[str, Any]
    name, state = f"grown{nodes}", {"count": 0, "text": "", "size": size}
    if each.name == "ours":
        workflow, arguments = "GraphRun", [{"graph": name, "input": state}]
    elif each.name == "plugin":
        workflow, arguments = "Plugged", [name, state]
    else:
        workflow, arguments = "Steps", ["grow_step", nodes, 1, state]
    started = await client.start_workflow(workflow, args=arguments, id=uuid4().hex, task_queue=each.queue)
    return await kept(started)


async def measure(given: Given) -> Part:
    """Each size once: there is nothing to vary."""
    sizes = dict(list(SIZES.items())[:1]) if given.quick else SIZES
    columns = ["", *(f"{name}: {what}" for name in ("ours", "plugin", "steps") for what in ("events", "KB"))]
    rows: list[list[Cell]] = []
    failures: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        checkpoints = f"sqlite:///{folder}/bench.db"
        async with contextlib.AsyncExitStack() as stack:
            enter = stack.enter_async_context
            temporal = await enter(dev_server(headless=True, extra=TUNED))
            peers = await Client.connect(temporal.address)
            us = await enter(ours("ours", temporal, checkpoints))
            others = [await enter(peer(name, temporal)) for name in ("plugin", "steps")]
            for label, size in sizes.items():
                for nodes in NODES:
                    row: list[Cell] = [f"{nodes} nodes, {label}"]
                    for each in (us, *others):
                        events, size_kb, failed = await grown(peers, each, nodes, size)
                        row += [f"{events:,} †" if failed else events, size_kb]
                        if failed:
                            failures[f"{each.name}, {row[0]}"] = failed[:120]
                    rows.append(row)
            store = OrchestratorClient(await temporal.client(), task_queue=us.queue, checkpoints=checkpoints)
            run = await store.start_graph(Shape(10).name, {"count": 0, "text": "x" * LARGE})
            by_reference = await kept(store.temporal.get_workflow_handle(run.workflow_id))
    sheets = [
        Sheet("Large state, made by the graph; † failed", columns, rows),
        Sheet(
            "10 nodes, 1 MB of input by reference",
            ["", "events", "KB"],
            [["ours", by_reference[0], by_reference[1]]],
        ),
    ]
    if failures:
        sheets.append(Sheet("† what failed", ["", "why"], [[name, why] for name, why in failures.items()]))
    most = max(rows, key=lambda row: float(row[2] or 0))
    return Part(
        "history",
        {"store": "SQLite", "limits of the server": "2 MB a payload, 50 MB a history"},
        sheets,
        [
            Target(
                "events in the history of a stage, one of them a change of a search attribute",
                12,
                float(most[1] or 0),
                "events",
            ),
            Target("history of a stage, whatever nodes and state", 6, float(most[2] or 0), "KB"),
        ],
    )


if __name__ == "__main__":
    run_one(measure, __doc__)
