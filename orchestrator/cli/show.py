"""How commands print: tables for people, JSON for programs, remarks on standard error."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import typer
from pydantic import BaseModel

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

WIDTH_OF_A_PIPE = 250
WHOLE = frozenset({"workflow", "task", "schedule", "since", "due"})
"""Columns of ids, which are for copying, and of what is short: on a narrow terminal the others are folded."""
LEAST = 8
"""Characters that any other column is wide, if it has as many."""
GAP = 2
"""Between columns."""
UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
CONTROLS = {code: "\N{REPLACEMENT CHARACTER}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}
PATIENCE_SECONDS = 1
"""How long something takes before people want to know how far it is."""


def as_json(value: Any) -> None:
    """Print a value as JSON."""
    typer.echo(json.dumps(_plain(value), indent=2, ensure_ascii=False))


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def line(text: str) -> None:
    """Print a line."""
    typer.echo(harmless(text))


def remark(text: str) -> None:
    """Say something beside the result: programs that read standard output do not see it."""
    typer.echo(harmless(text), err=True)


def harmless(text: str) -> str:
    """A text from outside without what a terminal would obey: a title could move the cursor and write over others."""
    return text.translate(CONTROLS)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, nothing: str) -> None:
    """Print a table; without rows, `nothing`."""
    found = list(rows)
    if found:
        rich(rendered(columns, found))
    else:
        line(nothing)


def rich(what: "RenderableType", *, err: bool = False) -> None:
    """Print something of rich's, as wide as the terminal, or as a table's ids need; in a pipe, wide."""
    from rich.console import Console
    from rich.table import Table

    stream = sys.stderr if err else sys.stdout
    console = Console(file=stream, width=None if stream.isatty() else WIDTH_OF_A_PIPE, highlight=False)
    if isinstance(what, Table):
        console.width = max(console.width, _needed(what))
    with console.capture() as captured:
        console.print(what)
    stream.write("\n".join(text.rstrip() for text in captured.get().split("\n")))


def unread(reasons: Mapping[str, str]) -> None:
    """Say of which workflows the tasks are missing in a list, and why."""
    if reasons:
        first, why = next(iter(reasons.items()))
        others = f" and {len(reasons) - 1} more" if len(reasons) > 1 else ""
        remark(f"The tasks of {first}{others} cannot be read here: {why}")


def somebody_is_there() -> bool:
    """Whether a person could be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Tells people at a terminal how far something is that takes long; its line is gone at the end."""
    began = time.monotonic()
    width = 0

    def tell(text: str) -> None:
        nonlocal width
        if sys.stderr.isatty() and time.monotonic() - began > PATIENCE_SECONDS:
            width = max(width, len(text))
            sys.stderr.write(f"\r{text:{width}}")
            sys.stderr.flush()

    try:
        yield tell
    finally:
        if width:
            sys.stderr.write(f"\r{'':{width}}\r")
            sys.stderr.flush()


def facts(pairs: Iterable[tuple[str, Any]]) -> None:
    """Print what is known of one thing, a line each; what is not known is left out."""
    known = [(name, value) for name, value in pairs if value not in (None, [])]
    width = max(len(name) for name, _ in known)
    for name, value in known:
        line(f"{name:{width}}  {cell_text(value)}")


def rendered(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> "Table":
    """A table without lines, nor columns with nothing in them; its cells are text and never markup."""
    from rich.table import Table
    from rich.text import Text

    found = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
    texts = [[cell_text(cell) for cell in row] for row in rows]
    used = [place for place in range(len(columns)) if any(row[place] for row in texts)]
    for place in used:
        found.add_column(columns[place], overflow="fold", no_wrap=columns[place] in WHOLE)
    for row in texts:
        found.add_row(*(Text(row[place]) for place in used))
    return found


def _needed(found: "Table") -> int:
    """How wide a table is at least."""
    from rich.cells import cell_len

    widest = [(column.no_wrap, max(cell_len(str(cell)) for cell in column.cells)) for column in found.columns]
    return sum(width if whole else min(width, LEAST) for whole, width in widest) + GAP * (len(widest) - 1)


def from_now(moment: datetime | None, units: int = 2) -> str | None:
    """How long it is until then, in the largest units: `in 2 d 4 h`, `1 h 5 min ago`."""
    if moment is None:
        return None
    seconds = (moment - datetime.now(UTC)).total_seconds()
    said = span(timedelta(seconds=abs(seconds)), units)
    return f"in {said}" if seconds >= 0 else f"{said} ago"


def span(length: timedelta, units: int = len(UNITS)) -> str:
    """A duration in the largest units: `2 d 4 h`."""
    left = int(length.total_seconds())
    parts: list[str] = []
    for unit, size in UNITS:
        count, left = divmod(left, size)
        parts.append(f"{count} {unit}" if count else "")
    first = next((place for place, part in enumerate(parts) if part), len(parts))
    return " ".join(part for part in parts[first : first + units] if part) or "0 s"


def count(number: int, what: str) -> str:
    """`1 task`, `2 tasks`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def cell_text(value: Any) -> str:
    """A value as a table shows it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, timedelta):
        return span(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(cell_text, value))
    return harmless(str(value))
