"""From an answer to the graph's end: the signal is sent, the nodes after the question run, the result is there.

python -m benchmarks.answer
"""

import asyncio
import contextlib
import statistics
import tempfile
from typing import Any
from uuid import uuid4

from temporalio.client import Client

from benchmarks.contestants import Contestant, ours, peer
from benchmarks.harness import Given, ratio, run_one, timed, turns
from benchmarks.result import Cell, Part, Sheet, Target
from benchmarks.servers import TUNED, postgres
from benchmarks.shapes import AROUND
from orchestrator.devserver import dev_server

SETTLED_SECONDS = 0.2
"""After the question is open, until it is answered: what asked it is at rest by then."""


async def answered(client: Client, each: Contestant, around: int) -> float:
    """Milliseconds."""
    state = {"count": 0, "text": ""}
    workflow: str = "PluggedQuestion"
    arguments: list[Any] = [f"asking{around}", state]
    query: str = "waits"
    answer: Any = "yes"
    if each.name != "plugin":
        workflow, arguments, query = "GraphRun", [{"graph": f"asking{around}", "input": state}], "tasks"
        answer = {"action": "respond", "values": "yes", "by": "ann"}
    handle = await client.start_workflow(workflow, args=arguments, id=uuid4().hex, task_queue=each.queue)
    while not await handle.query(query):
        await asyncio.sleep(0.02)
    await asyncio.sleep(SETTLED_SECONDS)

    async def go() -> None:
        await handle.signal("decide", answer)
        await handle.result()

    return await timed(go)


async def measure(given: Given) -> Part:
    """A short graph and a longer one."""
    rounds = given.pick(15)
    found: dict[tuple[str, int], list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, postgres() as database:
        async with contextlib.AsyncExitStack() as stack:
            enter = stack.enter_async_context
            temporal = await enter(dev_server(headless=True, extra=TUNED))
            client = await Client.connect(temporal.address)
            contestants = [
                await enter(ours("ours, SQLite", temporal, f"sqlite:///{folder}/bench.db")),
                await enter(ours("ours, PostgreSQL", temporal, database.ours)),
                await enter(peer("plugin", temporal)),
            ]
            for number, each in turns(contestants, rounds):
                for around in AROUND:
                    took = await answered(client, each, around)
                    if number >= 0:
                        found.setdefault((each.name, around), []).append(took)
    rows: list[list[Cell]] = [
        [each.name, *(statistics.median(found[each.name, around]) for around in AROUND)] for each in contestants
    ]
    columns = ["", *(f"{around} node{'s' if around > 1 else ''} after, ms" for around in AROUND)]
    targets = [
        Target(
            f"answer to the end against the plugin, PostgreSQL, {around} node{'s' if around > 1 else ''} after it",
            0.8,
            ratio(found["ours, PostgreSQL", around], found["plugin", around]),
        )
        for around in AROUND
    ]
    return Part("answer", {"rounds": rounds}, [Sheet("From the signal to the result", columns, rows)], targets)


if __name__ == "__main__":
    run_one(measure, __doc__)
