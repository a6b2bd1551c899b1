"""What a benchmark hands on: tables, targets, and how they are written for people, for Markdown and as JSON."""

import math
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

Cell = str | float | int | None


@dataclass(frozen=True)
class Sheet:
    """A table."""

    title: str
    columns: list[str]
    rows: list[list[Cell]]

    def get(self, row: str, column: str) -> float:
        """A number by the first cell of its row."""
        at = self.columns.index(column)
        return float(next(each[at] for each in self.rows if each[0] == row) or 0)


@dataclass(frozen=True)
class Target:
    """A figure that was to be reached."""

    figure: str
    limit: float
    measured: float
    unit: str = "×"
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether it was."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


@dataclass(frozen=True)
class Part:
    """One benchmark's outcome."""

    name: str
    settings: dict[str, Any]
    sheets: list[Sheet]
    targets: list[Target] = field(default_factory=list)
    printed: str = ""
    """What a benchmark printed that prints for itself."""


def text(cell: Cell) -> str:
    """Three figures are as many as these measurements bear."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int):
        return f"{cell:,}"
    digits = max(0, 2 - math.floor(math.log10(max(1, abs(cell)))))
    return f"{cell:,.{digits}f}"


def targets_sheet(targets: list[Target]) -> Sheet:
    """Which were met, and which were not."""
    rows: list[list[Cell]] = [
        [
            target.figure,
            f"{'≥' if target.at_least else '≤'} {target.limit:.3g} {target.unit}",
            f"{text(target.measured)} {target.unit}",
            "met" if target.met else "**missed**",
        ]
        for target in targets
    ]
    return Sheet("Targets", ["figure", "target", "measured", ""], rows)


def show(console: Console, part: Part) -> None:
    """For people."""
    console.print(f"[bold]{part.name}[/]: " + ", ".join(f"{name} {value}" for name, value in part.settings.items()))
    if part.printed:
        console.print(part.printed, markup=False)
    sheets = [*part.sheets, *([targets_sheet(part.targets)] if part.targets else [])]
    for sheet in sheets:
        table = Table(sheet.columns[0], title=sheet.title, title_justify="left")
        for column in sheet.columns[1:]:
            table.add_column(column, justify="right")
        for row in sheet.rows:
            table.add_row(*(text(cell).replace("**", "") for cell in row))
        console.print(table)


def markdown(part: Part) -> str:
    """The tables, for the documentation."""
    lines = ["Settings: " + ", ".join(f"{name} {value}" for name, value in part.settings.items()) + "."]
    for sheet in part.sheets:
        lines += ["", f"*{sheet.title}*", "", *markdown_table(sheet)]
    if part.printed:
        lines += ["", "```text", part.printed.strip(), "```"]
    return "\n".join(lines)


def markdown_table(sheet: Sheet) -> list[str]:
    """One of them."""
    return [
        "| " + " | ".join(sheet.columns) + " |",
        "| --- |" + " ---: |" * (len(sheet.columns) - 1),
        *("| " + " | ".join(text(cell) for cell in row) + " |" for row in sheet.rows),
    ]
