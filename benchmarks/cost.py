"""What a super-step and a stage cost, one at a time, side by side in one run.

    python -m benchmarks.cost
    python -m benchmarks.cost --rounds 3

Contestants: bare LangGraph without a checkpointer; with its stock saver and `durability="sync"`; a stage of ours on
the same database; the official plugin (each node an activity); a plain activity for each step; an empty workflow with
one empty activity. They take turns. From 1 and 50 super-steps follow the cost of one (the slope) and what is fixed (the
rest).
"""

import contextlib
import statistics
import tempfile

from benchmarks.contestants import Contestant, bare, ours, peer
from benchmarks.harness import Given, ratio, run_one, timed, turns
from benchmarks.result import Cell, Part, Sheet, Target
from benchmarks.servers import TUNED, postgres, stock_saver
from benchmarks.shapes import Builder, Shape
from orchestrator.devserver import dev_server

FEW, MANY = Shape(1), Shape(50)
ONE_FAN, FANS = Shape(1, 10), Shape(5, 10)
"""Ten parallel nodes, once and five times."""
Found = dict[tuple[str, Shape], list[float]]
"""Milliseconds of each round."""


def chain(steps: int) -> Builder:
    """A graph of so many nodes in a row."""
    return Shape(steps).build()


async def race(contestants: list[Contestant], rounds: int, shapes: tuple[Shape, ...]) -> Found:
    """Each runs each graph once in each round."""
    found: Found = {(each.name, shape): [] for each in contestants for shape in shapes}
    for number, each in turns(contestants, rounds):
        for shape in shapes:
            took = await timed(lambda: each.run(shape))  # noqa: B023 - called at once
            if number >= 0:
                found[each.name, shape].append(took)
    return found


def per_step(found: Found, name: str, few: Shape = FEW, many: Shape = MANY) -> list[float]:
    """Milliseconds of a super-step, round by round."""
    pairs = zip(found[name, many], found[name, few], strict=True)
    return [(long - short) / (many.layers - few.layers) for long, short in pairs]


def sheet(title: str, names: list[str], found: Found, stock: dict[str, str]) -> Sheet:
    """The slope and the rest; a contestant is compared with the stock saver over its own database."""
    columns = [
        "",
        "1 step, ms",
        "50 steps, ms",
        "a super-step, ms",
        "against stock",
        "fixed, ms",
        "10 parallel, ms",
        "against stock ",
    ]
    rows: list[list[Cell]] = []
    for name in names:
        few, many = (statistics.median(found[name, shape]) for shape in (FEW, MANY))
        if name == "empty":
            rows.append([name, few, many, None, None, few, None, None])
            continue
        slope = statistics.median(per_step(found, name))
        against, wide_against = None, None
        if name in stock:
            against = ratio(per_step(found, name), per_step(found, stock[name]))
            wide_against = ratio(*(per_step(found, each, ONE_FAN, FANS) for each in (name, stock[name])))
        wide = statistics.median(per_step(found, name, ONE_FAN, FANS))
        rows.append([name, few, many, slope, against, max(0.0, few - FEW.layers * slope), wide, wide_against])
    return Sheet(title, columns, rows)


async def measure(given: Given) -> Part:
    """On a tuned dev server all of them, on a stock one those that use it."""
    rounds = given.pick(9)
    with tempfile.TemporaryDirectory() as folder, postgres() as database:
        sqlite = f"sqlite:///{folder}/bench.db"
        async with contextlib.AsyncExitStack() as stack:
            enter = stack.enter_async_context
            tuned = await enter(dev_server(headless=True, extra=TUNED))
            contestants = [
                await enter(bare("bare")),
                await enter(bare("stock, SQLite", sqlite)),
                await enter(ours("ours, SQLite", tuned, sqlite)),
                await enter(bare("stock, PostgreSQL", database.stock)),
                await enter(ours("ours, PostgreSQL", tuned, database.ours)),
                *[await enter(peer(name, tuned)) for name in ("plugin", "steps", "empty")],
            ]
            found = await race(contestants, rounds, (FEW, MANY, ONE_FAN, FANS))
        async with contextlib.AsyncExitStack() as stack:
            enter = stack.enter_async_context
            plain = await enter(dev_server(headless=True))
            of_it = [await enter(ours("ours, PostgreSQL", plain, database.ours))]
            of_it += [await enter(peer(name, plain)) for name in ("plugin", "steps", "empty")]
            slow = await race(of_it, max(1, rounds // 3), (FEW, MANY))
    names = [each.name for each in contestants]
    stock = {name: f"stock, {store}" for store in ("SQLite", "PostgreSQL") for name in names if name.endswith(store)}
    both = sheet("One at a time, tuned dev server", names, found, stock)
    other = Sheet(
        "One at a time, dev server as it comes",
        ["", "1 step, ms", "50 steps, ms"],
        [[each.name, *(statistics.median(slow[each.name, shape]) for shape in (FEW, MANY))] for each in of_it],
    )
    wide = both.get("ours, PostgreSQL", "against stock ")
    fixed = ratio(found["ours, PostgreSQL", FEW], found["empty", FEW])
    return Part(
        "cost",
        {"rounds": rounds, "on the stock server": max(1, rounds // 3), **database.settings},
        [both, other],
        [
            Target(
                "a super-step, PostgreSQL, against the stock saver", 0.85, both.get("ours, PostgreSQL", "against stock")
            ),
            Target("a super-step, SQLite, against the stock saver", 0.75, both.get("ours, SQLite", "against stock")),
            Target("a super-step of ten parallel nodes, PostgreSQL, against the stock saver", 0.55, wide),
            Target("a stage of one node, PostgreSQL, against an empty workflow with one activity", 1.5, fixed),
        ],
    )


__all__ = ["TUNED", "chain", "measure", "stock_saver", "timed"]

if __name__ == "__main__":
    run_one(measure, __doc__)
