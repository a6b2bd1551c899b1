"""What checkpoints cost as a thread gets longer: `python -m benchmarks.growth [--steps 200] [--bytes 1000]`.

Two graphs that add an entry to a list at each step: a loop of one node, and a chain of as many nodes. And a loop that
leaves a text as it is which is as long as all those entries. On SQLite and on PostgreSQL, run by LangGraph alone and by
a worker of ours, with what there is against the growth. Printed: checkpoints, their size with all that belongs to them,
what PostgreSQL wrote to its write-ahead log, and the time that the run took; and size and log as a multiple of four
times those of a run of a quarter of the steps, which is 1 where they grow with the steps and 4 with their square.
"""

import argparse
import asyncio
import operator
import os
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypedDict
from uuid import uuid4

import psycopg
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
MEGABYTE = 1_000_000
Builder = StateGraph[Any, Any, Any, Any]
QUARTER = 4


@dataclass(frozen=True)
class Run:
    """What a run has left."""

    checkpoints: int
    stored: int
    """Bytes, with all that belongs to them."""
    logged: int
    """Bytes of PostgreSQL's write-ahead log."""
    seconds: float


Way = Callable[[int], Awaitable[Run]]
"""A run of so many steps."""


def extend(state: list[Any], writes: Sequence[list[Any]]) -> list[Any]:
    """The reducer of a DeltaChannel."""
    return [*state, *(entry for write in writes for entry in write)]


class Plain(TypedDict):
    """A list that is written whole with each checkpoint."""

    entries: Annotated[list[str], operator.add]


class Text(TypedDict):
    """A text that no step changes, and a number."""

    text: str
    count: int


class Delta(TypedDict):
    """A list of which each checkpoint has what is new."""

    entries: Annotated[list[str], DeltaChannel(extend, snapshot_frequency=SNAPSHOT_EVERY)]


def adds(size_bytes: int) -> Any:
    """A node that adds an entry, which no database can compress."""

    def step(_state: Any) -> dict[str, list[str]]:
        return {"entries": [incompressible(size_bytes)]}

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


def beside_a_text(steps: int) -> Builder:
    """One node, again and again, which leaves the text as it is."""
    builder: Builder = StateGraph(Text)
    builder.add_node("step", lambda state: {"count": state["count"] + 1})
    builder.add_edge(START, "step")
    builder.add_conditional_edges("step", lambda state: END if state["count"] >= steps else "step")
    return builder


def incompressible(size_bytes: int) -> str:
    """A text."""
    return b64encode(os.urandom(size_bytes * 3 // 4)).decode()


async def log_position(url: str) -> int:
    """Bytes that the server has written to its write-ahead log."""
    if url.startswith("sqlite"):
        return 0
    async with await psycopg.AsyncConnection.connect(url) as conn:
        row = await (await conn.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")).fetchone()
    return int(row[0]) if row else 0


@asynccontextmanager
async def stock(url: str) -> AsyncIterator[Any]:
    """LangGraph's own saver."""
    saver: Any = AsyncPostgresSaver if url.startswith("postgres") else AsyncSqliteSaver
    async with saver.from_conn_string(url.removeprefix("sqlite:///")) as opened:
        await opened.setup()
        yield opened


async def alone(url: str, builder: Builder, state: Any) -> Run:
    """LangGraph with its own saver."""
    thread_id = uuid4().hex
    async with stock(url) as saver:
        config: Any = {"configurable": {"thread_id": thread_id}, "recursion_limit": RECURSION_LIMIT}
        logged, began = await log_position(url), time.perf_counter()
        await builder.compile(checkpointer=saver).ainvoke(state, config, durability="sync")
        seconds, logged = time.perf_counter() - began, await log_position(url) - logged
    async with open_store(url) as store:
        checkpoints, stored = await upkeep(store).size(thread_id)
    return Run(checkpoints, stored, logged, seconds)


async def served(
    server: DevServer, url: str, builder: Builder, state: Any, *, keep: Any = "all", durability: str = "sync"
) -> Run:
    """The same by a worker of ours."""
    app = Orchestrator("growth")
    app.graph(builder, name="growth", keep=keep)
    client = await server.client()
    settings = Settings(checkpoints=url, drain_seconds=1, search_attributes=False)
    async with worker(app, client, settings):
        options = {"durability": durability, "recursion_limit": RECURSION_LIMIT}
        logged, began = await log_position(url), time.perf_counter()
        result = await client.execute_workflow(
            "GraphRun",
            {"graph": "growth", "input": state, "options": options},
            id=f"growth-{uuid4().hex}",
            task_queue="growth",
        )
        seconds, logged = time.perf_counter() - began, await log_position(url) - logged
    async with open_store(url) as store:
        checkpoints, stored = await upkeep(store).size(result["thread_id"])
    return Run(checkpoints, stored, logged, seconds)


def ways(server: DevServer, url: str, what: str, size_bytes: int, text: str) -> dict[str, Way]:
    """What there is for one graph on one database."""
    if what == "text":
        state: Any = {"text": text, "count": 0}
        return {
            "LangGraph": lambda steps: alone(url, beside_a_text(steps), state),
            "ours": lambda steps: served(server, url, beside_a_text(steps), state),
        }
    build = loop if what == "loop" else chain
    empty: dict[str, list[str]] = {"entries": []}
    return {
        "LangGraph": lambda steps: alone(url, build(Plain, steps, size_bytes), empty),
        "LangGraph, DeltaChannel": lambda steps: alone(url, build(Delta, steps, size_bytes), empty),
        "ours": lambda steps: served(server, url, build(Plain, steps, size_bytes), empty),
        'ours, keep="waits"': lambda steps: served(server, url, build(Plain, steps, size_bytes), empty, keep="waits"),
        "ours, DeltaChannel": lambda steps: served(server, url, build(Delta, steps, size_bytes), empty),
        'ours, DeltaChannel, keep="waits"': lambda steps: served(
            server, url, build(Delta, steps, size_bytes), empty, keep="waits"
        ),
        "ours, durability=exit": lambda steps: served(
            server, url, build(Plain, steps, size_bytes), empty, durability="exit"
        ),
    }


def times_linear(short: int, long: int) -> str:
    """How much more than four times as much."""
    return f"{long / (QUARTER * short):.1f}" if short else ""


async def compare(server: DevServer, url: str, what: str, steps: int, size_bytes: int) -> None:
    """Each way of one graph on one database, a line each."""
    for name, way in ways(server, url, what, size_bytes, incompressible(steps * size_bytes)).items():
        short, long = await way(steps // QUARTER), await way(steps)
        cells = [
            url.partition(":")[0],
            what,
            name,
            f"{long.checkpoints}",
            f"{long.stored / MEGABYTE:.2f}",
            times_linear(short.stored, long.stored),
            f"{long.logged / MEGABYTE:.2f}" if long.logged else "",
            times_linear(short.logged, long.logged),
            f"{long.seconds:.2f}",
        ]
        sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


async def main() -> None:
    """All of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--bytes", type=int, default=1000, help="of an entry")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    sys.stdout.write("| store | graph | | checkpoints | MB | × linear | log, MB | × linear | s |\n")
    sys.stdout.write("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
    with tempfile.TemporaryDirectory() as folder, postgres_server() as postgres:
        async with dev_server(headless=True) as server:
            for url in (f"sqlite:///{Path(folder) / 'checkpoints.db'}", new_database(postgres)):
                for what in ("loop", "chain", "text"):
                    await compare(server, url, what, given.steps, given.bytes)


if __name__ == "__main__":
    asyncio.run(main())
