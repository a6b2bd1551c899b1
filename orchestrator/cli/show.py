"""How commands print: tables for people, JSON for programs, remarks on standard error."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer
from pydantic import BaseModel

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

WIDTH_OF_A_PIPE = 250


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
    typer.echo(text)


def remark(text: str) -> None:
    """Say something beside the result: programs that read standard output do not see it."""
    typer.echo(text, err=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table."""
    rich(rendered(columns, rows))


def rich(what: "RenderableType") -> None:
    """Print something of rich's, as wide as the terminal; in a pipe, wide."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else WIDTH_OF_A_PIPE, highlight=False).print(what)


def facts(pairs: Iterable[tuple[str, Any]]) -> None:
    """Print what is known of one thing, a line each; what is not known is left out."""
    known = [(name, value) for name, value in pairs if value not in (None, [])]
    width = max(len(name) for name, _ in known)
    for name, value in known:
        line(f"{name:{width}}  {cell_text(value)}")


def rendered(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> "Table":
    """A table without lines; its cells are text and never markup."""
    from rich.table import Table
    from rich.text import Text

    found = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        found.add_column(column, overflow="fold")
    for row in rows:
        found.add_row(*(Text(cell_text(cell)) for cell in row))
    return found


def cell_text(value: Any) -> str:
    """A value as a table shows it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
    if isinstance(value, list | tuple):
        return ", ".join(map(cell_text, value))
    return str(value)
