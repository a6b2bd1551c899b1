"""Real mortgage applications through the whole system, with a worker killed on the way.

    python -m demo [--applications 36] [--seed 1990] [--keep]

Exit status: 0 everything was decided, once; 1 something was lost or done twice; 130 interrupted.
"""

import argparse
import asyncio
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from rich.console import Console

from demo.dataset import sample
from demo.evidence import faults, nodes
from demo.report import print_report
from demo.scenario import NotStarted, demonstration
from demo.screen import Screen
from orchestrator.errors import OrchestratorError

FOLDER = Path(".orchestrator/demo")
INTERRUPTED = 130


async def demonstrate(count: int, seed: int, *, keep: bool) -> bool:
    """Whether nothing was lost or done twice."""
    console = Console()
    folder = FOLDER / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    folder.mkdir(parents=True)
    records = sample(count, seed=seed)
    screen = Screen(console)
    async with demonstration(folder.absolute(), screen) as running:
        with screen:
            outcome = await running.run(records)
        found = nodes(running.site.trace.read(), outcome.kills)
        wrong = faults(outcome.decisions, found, running.site.ledger.read(), running.site.mail.read())
        print_report(console, running.site, outcome, records, found)
        for line in wrong:
            console.print(f"WRONG  {line}", highlight=False, soft_wrap=True)
        verdict = f"{len(wrong)} things were lost or done twice." if wrong else "Nothing was lost or done twice."
        console.print(f"{verdict} {screen.seconds:.0f} s. Web UI: {running.server.ui}", highlight=False, soft_wrap=True)
        if keep:
            console.print("Everything stays up until Ctrl-C.")
            await asyncio.Event().wait()
        console.print("(With --keep it stays up.)", highlight=False)
    if wrong:
        console.print(f"Logs, ledger and databases: {folder}", soft_wrap=True)
    else:
        shutil.rmtree(folder)
    return not wrong


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of applications")
    return number


async def main() -> int:
    """The exit status."""
    arguments = argparse.ArgumentParser(prog="python -m demo", description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--applications", type=_positive, default=36, help="how many (default 36)")
    arguments.add_argument("--seed", type=int, default=1990, help="which ones (default 1990)")
    arguments.add_argument("--keep", action="store_true", help="keep everything up to look at, until Ctrl-C")
    given = arguments.parse_args()
    work = asyncio.ensure_future(demonstrate(given.applications, given.seed, keep=given.keep))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    try:
        return 0 if await work else 1
    except asyncio.CancelledError:
        return INTERRUPTED
    except (NotStarted, OrchestratorError, TimeoutError) as error:
        print(f"error: the demonstration did not start: {error}", file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    status = asyncio.run(main())
    sys.stdout.flush()
    # On Python 3.11 a process that has used a Temporal client aborts at interpreter exit now and then, and its exit
    # status would be lost.
    os._exit(status)
