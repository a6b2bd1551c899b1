"""Every figure that the documentation quotes, in one run.

    make bench                                   # all of it
    make bench ARGS='--quick'                    # to see that it runs
    make bench ARGS='cost throughput --rounds 5 --json figures.json'
    make bench ARGS='--write'                    # and put the tables into docs/benchmarks.md, the plots beside it

Each part also runs alone, as `python -m benchmarks.<part>`; what is said there about it holds here too.
"""

import asyncio
import time
from pathlib import Path

from benchmarks import answer, cost, crash, history, scale, startup, throughput, waiting
from benchmarks.harness import Given, Measure, as_json, machine, options, start
from benchmarks.page import write
from benchmarks.pictures import draw
from benchmarks.result import Part, show

PARTS: dict[str, Measure] = {
    "startup": startup.measure,
    "cost": cost.measure,
    "throughput": throughput.measure,
    "scale": scale.measure,
    "history": history.measure,
    "answer": answer.measure,
    "crash": crash.measure,
    "waiting": waiting.measure,
}
DOCS = Path(__file__).parents[1] / "docs"


def main() -> None:
    """The command line."""
    parser = options(__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"Of {', '.join(PARTS)}; all by default.")
    parser.add_argument("--write", action="store_true", help="Write docs/benchmarks.md and the plots.")
    given = parser.parse_args()
    unknown = set(given.parts) - PARTS.keys()
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    console, ran_on, done = start(), machine(), list[Part]()
    for name in given.parts or PARTS:
        began = time.monotonic()
        part = asyncio.run(PARTS[name](Given(given.rounds, given.quick)))
        show(console, part)
        console.print(f"{name} took {time.monotonic() - began:.0f} s\n")
        done.append(part)
        if given.json:
            given.json.write_text(as_json(ran_on, done))
    if given.write:
        write(DOCS / "benchmarks.md", ran_on, done)
        for part in done:
            draw(part, DOCS / "pictures")


if __name__ == "__main__":
    main()
