"""`orchestrator check-compat`: what a deploy would do to the processes that run."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.cli.options import App, AsJson, Config, TaskQueue, connected, run

if TYPE_CHECKING:
    from orchestrator.versions.compat import Standing

BAD = ("parks", "stuck")
UNKNOWN = "unknown"


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command(name="check-compat", rich_help_panel="Operate")(check_compat)


def check_compat(
    *,
    app: App = None,
    config: Config = None,
    task_queue: TaskQueue = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="Also replay each running workflow's history with the code at hand.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Compare the code at hand with the processes that run. Exit status 1 if any would park or be stuck, or cannot be
    read here.

    Run it with the new version before it is deployed; it changes nothing, and needs no worker.
    """
    from orchestrator.cli import show

    found = run(_check(app, config, task_queue, replay=replay))
    if json:
        show.as_json(found)
    else:
        _show(found)
    if any(standing.verdict in (*BAD, UNKNOWN) for standing in found):
        raise typer.Exit(1)


async def _check(app: str | None, config: Path | None, task_queue: str | None, *, replay: bool) -> "list[Standing]":
    from orchestrator.cli.loading import application
    from orchestrator.settings import load
    from orchestrator.versions.compat import standings
    from orchestrator.versions.registered import unregistered
    from orchestrator.versions.replay import stuck

    settings = load()
    loaded = application(settings, app, config)
    queue = task_queue or settings.task_queue or loaded.name
    client = await connected(queue)
    found = [standing async for standing in standings(loaded, settings, client, queue)]
    found += [one async for one in unregistered(loaded, client, queue)]
    return [*found, *([one async for one in stuck(loaded, client, queue)] if replay else [])]


def _show(found: "list[Standing]") -> None:
    from orchestrator.cli import show

    count = Counter((one.graph, one.fingerprint, one.verdict, one.detail) for one in found)
    example = {(one.graph, one.fingerprint, one.verdict, one.detail): one.workflow_id for one in reversed(found)}
    rows = [
        (graph, fingerprint, verdict, number, example[graph, fingerprint, verdict, detail], detail)
        for (graph, fingerprint, verdict, detail), number in sorted(count.items(), key=lambda item: str(item[0]))
    ]
    columns = ("graph", "fingerprint", "verdict", "stages", "for example", "why")
    show.table(columns, rows, nothing="Nothing runs that could be compared.")
    bad = sum(one.verdict in BAD for one in found)
    untold = sum(one.verdict == UNKNOWN for one in found)
    unknown = f", {untold} cannot be read here" if untold else ""
    show.line(f"{len(found)} checked, {bad} would not go on{unknown}.")
