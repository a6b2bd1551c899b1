"""Real mortgage applications through the whole system, with a worker killed on the way.

    python -m demo [--applications 36] [--seed 1990] [--keep]

Exit status: 0 everything was decided, once; 1 something was lost or done twice; 130 interrupted.
"""

import argparse

from rich.console import Console

from demo.dataset import sample
from demo.evidence import faults, nodes
from demo.report import print_report
from demo.running import conclude, new_folder, positive, run, tidy
from demo.scenario import demonstration
from demo.screen import Screen


async def demonstrate(count: int, seed: int, *, keep: bool) -> bool:
    """Whether nothing was lost or done twice."""
    console = Console()
    folder = new_folder("demo")
    records = sample(count, seed=seed)
    screen = Screen(console)
    async with demonstration(folder, screen) as running:
        with screen:
            outcome = await running.run(records)
        found = nodes(running.site.trace.read(), outcome.kills)
        wrong = faults(outcome.decisions, found, running.site.ledger.read(), running.site.mail.read())
        print_report(console, running.site, outcome, records, found)
        verdict = f"{len(wrong)} things were lost or done twice." if wrong else "Nothing was lost or done twice."
        await conclude(console, f"{verdict} {screen.seconds:.0f} s. Web UI: {running.server.ui}", wrong, keep=keep)
        console.print("(With --keep it stays up.)", highlight=False)
    return tidy(console, folder, wrong)


def main() -> None:
    """The command."""
    arguments = argparse.ArgumentParser(prog="python -m demo", description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--applications", type=positive("applications"), default=36, help="how many (default 36)")
    arguments.add_argument("--seed", type=int, default=1990, help="which ones (default 1990)")
    arguments.add_argument("--keep", action="store_true", help="keep everything up to look at, until Ctrl-C")
    given = arguments.parse_args()
    run(demonstrate(given.applications, given.seed, keep=given.keep))


if __name__ == "__main__":
    main()
