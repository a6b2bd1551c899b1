"""What checkpoints cost as a thread gets longer: `python -m benchmarks.growth [--steps 200] [--bytes 1000]`.

Two graphs that add an entry to a list at each step: a loop of one node, and a chain of as many nodes. On SQLite and on
PostgreSQL, run by LangGraph alone and by a worker of ours, with what there is against the growth. Printed: checkpoints,
their size with all that belongs to them, and the time that the run took.
"""

import argparse
import asyncio
import operator
import os
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, TypedDict

import structlog
from langgraph.channels.delta import DeltaChannel
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph

from orchestrator import Orchestrator
from orchestrator.checkpoints.open import open_store
from orchestrator.checkpoints.upkeep import upkeep
from orchestrator.devserver import DevServer, dev_server
from orchestrator.settings import Settings
from orchestrator.testing import worker
from orchestrator.testing.postgres import new_database, postgres_server

SNAPSHOT_EVERY = 50
RECURSION_LIMIT = 10_000
Builder = StateGraph[Any, Any, Any, Any]
Run = tuple[int, int, float]
"""Checkpoints, their size in bytes with all that belongs to them, and how many seconds it took."""


def extend(state: list[Any], writes: Sequence[list[Any]]) -> list[Any]:
    """The reducer of a DeltaChannel."""
    return [*state, *(entry for write in writes for entry in write)]


class Plain(TypedDict):
    """A list that is written whole with each checkpoint."""

    entries: Annotated[list[str], operator.add]


class Delta(TypedDict):
    """A list of which each checkpoint has what is new."""

    entries: Annotated[list[str], DeltaChannel(extend, snapshot_frequency=SNAPSHOT_EVERY)]


def adds(size_bytes: int) -> Any:
    """A node that adds an entry, which no database can compress."""

    def step(_state: Any) -> dict[str, list[str]]:
        return {"entries": [b64encode(os.urandom(size_bytes * 3 // 4)).decode()]}

    return step


def loop(schema: Any, steps: int, size_bytes: int) -> Builder:
    """One node, again and again."""
    builder: Builder = StateGraph(schema)
    builder.add_node("step", adds(size_bytes))
    builder.add_edge(START, "step")
    builder.add_conditional_edges("step", lambda state: END if len(state["entries"]) >= steps else "step")
    return builder


def chain(schema: Any, steps: int, size_bytes: int) -> Builder:
    """As many nodes as steps."""
    builder: Builder = StateGraph(schema)
    nodes: list[Any] = [(f"step{number}", adds(size_bytes)) for number in range(steps)]
    builder.add_sequence(nodes)
    builder.add_edge(START, "step0")
    return builder


@asynccontextmanager
async def stock(url: str) -> AsyncIterator[Any]:
    """LangGraph's own saver."""
    saver: Any = AsyncPostgresSaver if url.startswith("postgres") else AsyncSqliteSaver
    async with saver.from_conn_string(url.removeprefix("sqlite:///")) as opened:
        await opened.setup()
        yield opened


async def alone(url: str, thread_id: str, builder: Builder) -> Run:
    """LangGraph with its own saver."""
    async with stock(url) as saver:
        config: Any = {"configurable": {"thread_id": thread_id}, "recursion_limit": RECURSION_LIMIT}
        began = time.perf_counter()
        await builder.compile(checkpointer=saver).ainvoke({"entries": []}, config, durability="sync")
        seconds = time.perf_counter() - began
    async with open_store(url) as store:
        return *await upkeep(store).size(thread_id), seconds


async def served(server: DevServer, url: str, builder: Builder, keep: Any = "all", durability: str = "sync") -> Run:
    """The same by a worker of ours."""
    app = Orchestrator("growth")
    app.graph(builder, name="growth", keep=keep)
    client = await server.client()
    settings = Settings(checkpoints=url, drain_seconds=1, search_attributes=False)
    async with worker(app, client, settings):
        options = {"durability": durability, "recursion_limit": RECURSION_LIMIT}
        began = time.perf_counter()
        result = await client.execute_workflow(
            "GraphRun",
            {"graph": "growth", "input": {"entries": []}, "options": options},
            id=f"growth-{time.monotonic_ns()}",
            task_queue="growth",
        )
        seconds = time.perf_counter() - began
    async with open_store(url) as store:
        return *await upkeep(store).size(result["thread_id"]), seconds


async def compare(server: DevServer, url: str, what: str, steps: int, size_bytes: int) -> None:
    """Each way of one graph on one database, a line each."""
    build = loop if what == "loop" else chain
    plain, delta = build(Plain, steps, size_bytes), build(Delta, steps, size_bytes)
    rows = [
        ("LangGraph", await alone(url, f"{what}-plain", plain)),
        ("LangGraph, DeltaChannel", await alone(url, f"{what}-delta", delta)),
        ("ours", await served(server, url, plain)),
        ('ours, keep="waits"', await served(server, url, plain, "waits")),
        ("ours, DeltaChannel", await served(server, url, delta)),
        ("ours, durability=exit", await served(server, url, plain, durability="exit")),
    ]
    for name, (checkpoints, stored, seconds) in rows:
        kind = url.partition(":")[0]
        sys.stdout.write(f"| {kind} | {what} | {name} | {checkpoints} | {stored / 1e6:.2f} | {seconds:.2f} |\n")
    sys.stdout.flush()


async def main() -> None:
    """All of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--bytes", type=int, default=1000, help="of an entry")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    sys.stdout.write("| store | graph | | checkpoints | MB | s |\n| --- | --- | --- | --- | --- | --- |\n")
    with tempfile.TemporaryDirectory() as folder, postgres_server() as postgres:
        async with dev_server(headless=True) as server:
            for url in (f"sqlite:///{Path(folder) / 'checkpoints.db'}", new_database(postgres)):
                for what in ("loop", "chain"):
                    await compare(server, url, what, given.steps, given.bytes)


if __name__ == "__main__":
    asyncio.run(main())
