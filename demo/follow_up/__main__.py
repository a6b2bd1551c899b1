"""Many customers are followed up by mail, with a worker killed on the way.

    python -m demo.follow_up [--customers 40] [--seed 1990] [--keep]

Exit status: 0 each mail was got once, each reply was read once, each matter ended as it should; 1 something was lost
or done twice; 130 interrupted.
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

from activities.follow_up_outcomes import Outcomes
from demo.follow_up.customers import customers
from demo.follow_up.evidence import faults
from demo.follow_up.report import print_report
from demo.follow_up.scenario import NotStarted, demonstration
from demo.screen import Screen
from orchestrator.errors import OrchestratorError

FOLDER = Path(".orchestrator/demo-follow-up")
INTERRUPTED = 130


async def demonstrate(count: int, seed: int, *, keep: bool) -> bool:
    """Whether nothing was lost or done twice."""
    console = Console()
    folder = FOLDER.absolute() / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}"
    folder.mkdir(parents=True)
    people = customers(count, seed=seed)
    screen = Screen(console)
    async with demonstration(folder, people, screen) as running:
        with screen:
            ended = await running.run(people)
        recorded = Outcomes(folder / "outcomes.db").read()
        wrong = faults(people, ended.results, recorded, running.site.mail.read(), running.town.sent)
        if sum(ended.started) != count:
            wrong.append(f"{sum(ended.started)} follow-ups were started for {count} customers")
        print_report(console, running.site, people, ended)
        for line in wrong:
            console.print(f"WRONG  {line}", highlight=False, soft_wrap=True)
        verdict = f"{len(wrong)} things are wrong." if wrong else "Nothing was lost or done twice."
        console.print(f"{verdict} {screen.seconds:.0f} s. Web UI: {running.server.ui}", highlight=False, soft_wrap=True)
        if keep:
            console.print("Everything stays up until Ctrl-C.")
            await asyncio.Event().wait()
    if wrong:
        console.print(f"Logs, journals and databases: {folder}", soft_wrap=True)
    else:
        shutil.rmtree(folder)
    return not wrong


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of customers")
    return number


async def main() -> int:
    """The exit status."""
    arguments = argparse.ArgumentParser(prog="python -m demo.follow_up", description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--customers", type=_positive, default=40, help="how many (default 40)")
    arguments.add_argument("--seed", type=int, default=1990, help="which ones (default 1990)")
    arguments.add_argument("--keep", action="store_true", help="keep everything up to look at, until Ctrl-C")
    given = arguments.parse_args()
    work = asyncio.ensure_future(demonstrate(given.customers, given.seed, keep=given.keep))
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
    os._exit(status)  # see demo.__main__
