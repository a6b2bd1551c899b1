"""What the demonstrations have in common: a folder, a verdict, Ctrl-C, and an exit status."""

import argparse
import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console

from demo.processes import NotStarted
from orchestrator.errors import OrchestratorError

ALL = Path(".orchestrator")
INTERRUPTED = 130


def new_folder(demonstration: str) -> Path:
    """One of its own."""
    folder = ALL.absolute() / demonstration / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    folder.mkdir(parents=True)
    return folder


def positive(things: str) -> Callable[[str], int]:
    """An argument's type: how many `things`."""

    def number(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or int(text) < 1:
            raise argparse.ArgumentTypeError(f"{text} is not a number of {things}")
        return int(text)

    return number


async def conclude(console: Console, verdict: str, wrong: list[str], *, keep: bool) -> None:
    """Say how it went; with `keep`, all of it stays up until Ctrl-C."""
    for line in wrong:
        console.print(f"WRONG  {line}", highlight=False, soft_wrap=True, markup=False)
    console.print(verdict, highlight=False, soft_wrap=True)
    if keep:
        console.print("Everything stays up until Ctrl-C.")
        await asyncio.Event().wait()


def tidy(console: Console, folder: Path, wrong: list[str]) -> bool:
    """Whether nothing is wrong; what could show why something is, is kept."""
    if wrong:
        console.print(f"Logs, journals and databases: {folder}", soft_wrap=True)
    else:
        shutil.rmtree(folder)
    return not wrong


def run(demonstrate: Coroutine[Any, Any, bool]) -> NoReturn:
    """End the process: with 0 if nothing was wrong, 1 if something was, 130 if it was interrupted."""
    status = asyncio.run(_status(demonstrate))
    sys.stdout.flush()
    # On Python 3.11 a process that has used a Temporal client aborts at interpreter exit now and then, and its exit
    # status would be lost.
    os._exit(status)


async def _status(demonstrate: Coroutine[Any, Any, bool]) -> int:
    work = asyncio.ensure_future(demonstrate)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    try:
        return 0 if await work else 1
    except asyncio.CancelledError:
        return INTERRUPTED
    except (NotStarted, OrchestratorError, TimeoutError) as error:
        print(f"error: the demonstration did not end: {error or type(error).__name__}", file=sys.stderr)  # noqa: T201
        return 1
