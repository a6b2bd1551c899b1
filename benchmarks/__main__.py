"""Every figure that the documentation quotes, in one run.

    make bench                                   # all of it
    make bench ARGS='--quick'                    # to see that it runs
    make bench ARGS='cost throughput --rounds 5 --json figures.json'
    make bench ARGS='--write'                    # and write benchmarks.md, benchmarks.json and the plots in docs/
    make bench ARGS='scale --write'              # one part of them anew

Each part also runs alone, as `python -m benchmarks.<part>`; what is said there about it holds here too.
"""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import answer, cost, crash, day, history, scale, startup, throughput, waiting
from benchmarks.harness import Given, Measure, as_json, from_json, machine, options, start
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
    "day": day.measure,
}
OTHERS = ("savers", "growth", "long_life", "telemetry")
"""They print for themselves."""
ALL = (*PARTS, *OTHERS)
DOCS = Path(__file__).parents[1] / "docs"


def main() -> None:
    """The command line."""
    parser = options(__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"Of {', '.join(ALL)}; all by default.")
    parser.add_argument("--write", action="store_true", help="Write docs/benchmarks.md and the plots.")
    given = parser.parse_args()
    unknown = set(given.parts) - set(ALL)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    console, ran_on, done = start(), machine(), list[Part]()
    for name in given.parts or (PARTS if given.quick else ALL):
        began = time.monotonic()
        load = f"{os.getloadavg()[0]:.1f}"
        part = asyncio.run(PARTS[name](Given(given.rounds, given.quick))) if name in PARTS else printed_by(name)
        part.settings["load before it"] = load
        show(console, part)
        console.print(f"{name} took {time.monotonic() - began:.0f} s\n")
        done.append(part)
        if given.json:
            given.json.write_text(as_json(ran_on, done))
        if given.write:
            keep(ran_on, part)


def printed_by(name: str) -> Part:
    """Run `python -m benchmarks.<name>` as it is."""
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"COLUMNS": "120"})  # noqa: S603
    return Part(name, {"command": f"python -m benchmarks.{name}"}, [], printed=said.stdout)


def keep(ran_on: dict[str, str], part: Part) -> None:
    """Beside the parts that were measured before."""
    file = DOCS / "benchmarks.json"
    found = {each.name: each for each in from_json(file.read_text())} if file.exists() else {}
    found[part.name] = part
    parts = [found[name] for name in ALL if name in found]
    file.write_text(as_json(ran_on, parts))
    write(DOCS / "benchmarks.md", ran_on, parts)
    draw(part, DOCS / "pictures")


if __name__ == "__main__":
    main()
