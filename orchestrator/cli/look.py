"""`orchestrator status`, `list` and `watch`: reading, also while no worker runs."""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestrator.cli import show
from orchestrator.cli.options import AsJson, WorkflowId, connected, run

if TYPE_CHECKING:
    from orchestrator.cli.report import Report
    from orchestrator.info import WorkflowInfo

LIST_COLUMNS = ("workflow", "type", "state", "since", "stage", "waits for", "due")


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    for name, command in (("status", status), ("list", list_), ("watch", watch)):
        cli.command(name, rich_help_panel="Look")(command)


def status(workflow_id: WorkflowId, json: AsJson = False) -> None:
    """Where a workflow stands."""
    from orchestrator.cli.report import for_people, look

    async def go() -> "Report":
        return await look(await connected(), workflow_id)

    report = run(go())
    if json:
        show.as_json(report)
    else:
        show.rich(for_people(report))


def list_(
    state: Annotated[
        str | None, typer.Option("--state", help="running, waiting, paused, parked, completed, failed, cancelled, …")
    ] = None,
    query: Annotated[str | None, typer.Option("--query", help="A visibility query of Temporal's.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    json: AsJson = False,
) -> None:
    """The workflows: the open ones first, then the latest that have ended."""
    from orchestrator.info import OPEN, VISIBILITY

    if state not in (None, *OPEN, *VISIBILITY):
        raise typer.BadParameter(f"--state {state!r} is none of: {', '.join((*OPEN, *VISIBILITY))}.")

    async def go() -> None:
        found = await (await connected()).workflows(state=state, query=query, limit=limit)
        if json:
            show.as_json([info.model_dump(mode="json", exclude_unset=True) for info in found])
        else:
            show.table(LIST_COLUMNS, map(_row, found), nothing="No workflows.")
        show.unread({info.workflow_id: info.illegible for info in found if info.illegible})
        if len(found) == limit:
            show.remark(f"--limit {limit} is reached; a higher one may show more.")

    run(go())


def _row(info: "WorkflowInfo") -> tuple[Any, ...]:
    since, due = (show.from_now(moment, units=1) for moment in (info.since, info.due_at))
    waits_for = info.assignees or ("?" if info.illegible else None)
    return info.workflow_id, info.workflow_type, info.state, since, info.stage, waits_for, due


def watch(
    workflow_id: WorkflowId,
    every: Annotated[float, typer.Option("--every", min=0.1, metavar="SECONDS", help="How often to look.")] = 1,
    json: Annotated[bool, typer.Option("--json", help="Each change as a line of JSON.")] = False,
) -> None:
    """A workflow's status, kept up to date until it ends.

    On a terminal it is redrawn in place; elsewhere each change is a line. Looking adds nothing to the history.
    """
    from rich.console import Console

    in_place = sys.stdout.isatty() and not json and not Console().is_dumb_terminal
    run(_watch_in_place(workflow_id, every) if in_place else _watch_by_line(workflow_id, every, json=json))


async def _watch_in_place(workflow_id: str, every: float) -> None:
    from rich.live import Live

    from orchestrator.cli.report import for_people, look

    client = await connected()
    report = await look(client, workflow_id)
    with Live(for_people(report), auto_refresh=False) as live:
        while report.open:
            await asyncio.sleep(every)
            report = await look(client, workflow_id, report)
            live.update(for_people(report), refresh=True)


async def _watch_by_line(workflow_id: str, every: float, *, json: bool) -> None:
    from orchestrator.cli.report import look, on_one_line

    client = await connected()
    before: Report | None = None
    while True:
        report = await look(client, workflow_id, before)
        if report != before:
            # JSON as pydantic writes it: on one line, with nothing in it that a terminal would obey.
            show.line(report.model_dump_json() if json else on_one_line(report))
            sys.stdout.flush()
        before = report
        if not report.open:
            return
        await asyncio.sleep(every)
