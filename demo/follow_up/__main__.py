"""Many customers are followed up by mail, with a worker killed on the way.

    python -m demo.follow_up [--customers 40] [--seed 1990] [--keep]

Exit status: 0 each mail was got once, each reply was read once, each matter ended as it should; 1 something was lost
or done twice; 130 interrupted.
"""

import argparse

from rich.console import Console

from activities.follow_up_outcomes import Outcomes
from demo.follow_up.customers import customers
from demo.follow_up.evidence import faults
from demo.follow_up.report import print_report
from demo.follow_up.scenario import demonstration
from demo.running import conclude, new_folder, positive, run, tidy
from demo.screen import Screen


async def demonstrate(count: int, seed: int, *, keep: bool) -> bool:
    """Whether nothing was lost or done twice."""
    console = Console()
    folder = new_folder("demo-follow-up")
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
        verdict = f"{len(wrong)} things are wrong." if wrong else "Nothing was lost or done twice."
        await conclude(console, f"{verdict} {screen.seconds:.0f} s. Web UI: {running.server.ui}", wrong, keep=keep)
    return tidy(console, folder, wrong)


def main() -> None:
    """The command."""
    arguments = argparse.ArgumentParser(prog="python -m demo.follow_up", description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--customers", type=positive("customers"), default=40, help="how many (default 40)")
    arguments.add_argument("--seed", type=int, default=1990, help="which ones (default 1990)")
    arguments.add_argument("--keep", action="store_true", help="keep everything up to look at, until Ctrl-C")
    given = arguments.parse_args()
    run(demonstrate(given.customers, given.seed, keep=given.keep))


if __name__ == "__main__":
    main()
