"""The tables of docs/benchmarks.md, written by the benchmark itself: what stands between two marks is replaced."""

import re
from pathlib import Path

from benchmarks.result import Part, markdown, markdown_table, targets_sheet


def write(page: Path, ran_on: dict[str, str], parts: list[Part]) -> None:
    """Replace the tables of these parts; those of others stay as they are, but for the targets."""
    text = page.read_text()
    for part in parts:
        text = fill(text, part.name, markdown(part))
    targets = [target for part in parts for target in part.targets]
    if targets:
        text = fill(text, "targets", "\n".join(markdown_table(targets_sheet(targets))))
    text = fill(text, "machine", "\n".join(f"- {name}: {value}" for name, value in ran_on.items()))
    page.write_text(text)


def fill(text: str, name: str, tables: str) -> str:
    """The text between `<!-- name -->` and `<!-- /name -->`."""
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not marks.search(text):
        raise ValueError(f"docs/benchmarks.md has no place <!-- {name} --> … <!-- /{name} -->.")
    return marks.sub(lambda found: f"{found[1]}{tables}\n{found[2]}", text)
