"""`orchestrator audit`: who did or tried what, and whether the trail of it is whole."""

import json as json_
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestrator.cli.options import AsJson, connected, run

if TYPE_CHECKING:
    from orchestrator.wire import Entry

COLUMNS = ("no.", "at", "by", "via", "what", "task", "detail")
SHOWN_DETAIL = 120
"""Characters of a detail for people; `--json` has all of it."""


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command(rich_help_panel="Look")(audit)


def audit(
    workflow_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="The workflow's id.")] = None,
    *,
    input_: Annotated[
        Path | None,
        typer.Option("--input", metavar="FILE", help="A trail that --output has written, not a workflow's."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the trail there, as JSON.")
    ] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Check that no entry was changed, dropped or put in.")
    ] = False,
    recent: Annotated[
        bool, typer.Option("--recent", help="Only the entries that the workflow itself has: at most 1,000.")
    ] = False,
    json: AsJson = False,
) -> int:
    """The audit trail: who did or tried what, when, in order. A long one's older part comes from the checkpointer.

    --verify checks the chain of hashes through the entries, and ends with exit status 1 if it is broken. It cannot see
    that entries were cut off at the end: for that, compare the last hash, which it shows, with one noted elsewhere.
    """
    from orchestrator.cli import show

    if (workflow_id is None) == (input_ is None):
        raise typer.BadParameter("Give either a workflow's ID or --input FILE.")
    if recent and (verify or input_ is not None):
        raise typer.BadParameter("--recent is for looking at a workflow's trail: verify the whole of it.")
    rows = _from_file(input_) if input_ is not None else run(_from_workflow(workflow_id or "", recent=recent))
    entries = _entries(rows, input_)
    if output is not None:
        _write(output, rows)
    if verify:
        return _verify(rows, entries, json=json)
    if json:
        show.as_json(rows)
    elif output is not None:
        show.line(f"wrote {len(rows)} entries to {output}")
    else:
        show.table(COLUMNS, map(_row, entries), nothing="Nothing was done or tried yet.")
    return 0


def _verify(rows: list[dict[str, Any]], entries: "list[Entry]", *, json: bool) -> int:
    from orchestrator import trail
    from orchestrator.cli import show
    from orchestrator.errors import Refused

    place, head = trail.broken(rows), trail.head(rows)
    bad = None if place is None else entries[place]
    if json:
        show.as_json({"ok": bad is None, "entries": len(rows), "head": head, "broken_at": bad})
        return 0 if bad is None else 1
    if place is not None and bad is not None:
        raise Refused(
            f"The trail is broken at entry {place + 1} of {len(rows)} (seq {bad.seq}, {bad.what} by {bad.by}, "
            f"{bad.at:%Y-%m-%d %H:%M:%S}Z): it was changed, or something before it was dropped, put in or moved."
        )
    show.line(f"{len(rows)} entries, each fits the one before")
    if head is not None:
        show.line(f"head {head}")
        show.remark("Entries cut off at the end would not show: compare the head with one noted elsewhere.")
    return 0


async def _from_workflow(workflow_id: str, *, recent: bool) -> list[dict[str, Any]]:
    client = await connected()
    return await (client.recent(workflow_id) if recent else client.trail(workflow_id))


def _from_file(file: Path) -> list[dict[str, Any]]:
    try:
        rows = json_.loads(file.expanduser().read_text(encoding="utf-8"))
    except OSError as error:
        raise typer.BadParameter(f"--input {file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise typer.BadParameter(f"--input {file} is no JSON: {error}.") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise typer.BadParameter(f"--input {file} is no audit trail: a list of entries is expected.")
    return rows


def _entries(rows: list[dict[str, Any]], file: Path | None) -> "list[Entry]":
    from pydantic import ValidationError

    from orchestrator.model import reasons
    from orchestrator.wire import Entry

    entries = []
    for number, row in enumerate(rows, 1):
        try:
            entries.append(Entry.model_validate(row))
        except ValidationError as error:
            raise typer.BadParameter(f"{file or 'the trail'}: entry {number}: {reasons(error)}.") from error
    return entries


def _write(file: Path, rows: list[dict[str, Any]]) -> None:
    try:
        file.expanduser().parent.mkdir(parents=True, exist_ok=True)
        file.expanduser().write_text(json_.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"--output {file} cannot be written: {error.strerror}.") from error


def _row(entry: "Entry") -> tuple[Any, ...]:
    detail = entry.detail
    if isinstance(detail, dict):  # what the other columns say already is left out
        detail = {key: value for key, value in detail.items() if value is not None and key not in ("by", "at")}
    if not isinstance(detail, str | None):
        detail = json_.dumps(detail, ensure_ascii=False)
    if detail is not None and len(detail) > SHOWN_DETAIL:
        detail = f"{detail[:SHOWN_DETAIL]}…"
    return entry.seq or None, entry.at, entry.by, entry.via, entry.what, entry.task_id, detail
