"""A question is researched in Python's own language reference, with a worker killed while it reads.

    python -m demo.research ["How do generators and coroutines work in Python?"] [--approve] [--calls 20] [--keep]

The report goes to standard output as Markdown, all else to standard error. Exit status: 0 every sentence says what it
cites, and nothing was read twice; 1 something is wrong; 130 interrupted.
"""

import argparse

from rich.console import Console

from demo.research.evidence import Reading, faults, reading
from demo.research.scenario import Ended, demonstration
from demo.running import conclude, new_folder, run, tidy
from demo.screen import Screen
from graphs.research_budget import Budget, Spent
from graphs.research_dossier import LONGEST_QUESTION, SHORTEST_QUESTION, ResearchRequest

QUESTION = "How do generators and coroutines work in Python?"


async def demonstrate(request: ResearchRequest, *, typed: bool, keep: bool) -> bool:
    """Whether every sentence says what it cites, and nothing was read twice."""
    console = Console(stderr=True)
    folder = new_folder("demo-research")
    screen = Screen(console)
    async with demonstration(folder, screen) as running:
        ended = await running.run(request, typed=typed)
        trace = running.site.trace.read()
        wrong = faults(ended.report, trace, ended.kills)
        print(f"\n{ended.report['markdown']}", flush=True)  # noqa: T201 - the report
        for line in proof(ended, reading(trace)):
            console.print(line, highlight=False, soft_wrap=True, markup=False)
        verdict = f"{len(wrong)} things are wrong." if wrong else "Nothing was read twice, and nothing misquoted."
        await conclude(console, f"{verdict} {screen.seconds:.0f} s. Web UI: {running.server.ui}", wrong, keep=keep)
    return tidy(console, folder, wrong)


def proof(ended: Ended, read: Reading) -> list[str]:
    """What was counted and checked."""
    report, spent = ended.report, Spent.model_validate(ended.report["spent"])
    citations = sum(len(sentence["citations"]) for sentence in report["sentences"])
    again = f"{read.cut_off} of them cut off by that and begun again" if read.cut_off else "none of them begun twice"
    budget = report["budget"]
    return [
        f"{len(report['sentences'])} sentences with {citations} citations, looked up in pydoc_data.topics",
        f"{read.searches} searches, {read.passages} passages read; {len(ended.kills)} worker killed, {again}",
        f"{spent.calls} of {budget['calls']} calls, {spent.tokens} of {budget['tokens']} tokens, {spent.seconds:.1f} s",
    ]


def _question(text: str) -> str:
    if not SHORTEST_QUESTION <= len(text.strip()) <= LONGEST_QUESTION:
        raise argparse.ArgumentTypeError(f"a question has {SHORTEST_QUESTION} to {LONGEST_QUESTION} characters")
    return text.strip()


def main() -> None:
    """The command."""
    arguments = argparse.ArgumentParser(prog="python -m demo.research", description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("question", nargs="?", type=_question, default=QUESTION, help=f"default: {QUESTION}")
    arguments.add_argument("--approve", action="store_true", help="you approve or edit the plan, at the terminal")
    arguments.add_argument("--calls", type=int, default=20, help="the budget's searches and passages (default 20)")
    arguments.add_argument("--keep", action="store_true", help="keep everything up to look at, until Ctrl-C")
    given = arguments.parse_args()
    if given.calls < 0:
        arguments.error(f"--calls {given.calls} is no number of calls")
    request = ResearchRequest(question=given.question, budget=Budget(calls=given.calls))
    run(demonstrate(request, typed=given.approve, keep=given.keep))


if __name__ == "__main__":
    main()
