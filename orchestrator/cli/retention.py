"""`orchestrator retention …`: delete what has been kept long enough, and keep what must be."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.cli.options import App, AsJson, By, Config, WorkflowId, connected, run, user

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.checkpoints.store import CheckpointStore
    from orchestrator.retention_report import Item, Report

group = typer.Typer(help="Delete what has been kept long enough, and keep what must be.", no_args_is_help=True)
A_DAY = timedelta(days=1)


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(group, name="retention", rich_help_panel="Operate")


def _duration(given: str) -> timedelta:
    from orchestrator.cli.schedule import duration

    return duration(given)


@group.command("run")
def run_(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    orphans: Annotated[
        bool,
        typer.Option("--orphans", help="Also what belongs to no graph here, nor to a workflow that Temporal knows."),
    ] = False,
    older_than: Annotated[
        timedelta,
        typer.Option(
            "--older-than", metavar="DURATION", parser=_duration, show_default=False, help="Of orphans. Default: a day."
        ),
    ] = A_DAY,
    app: App = None,
    config: Config = None,
    json: AsJson = False,
) -> None:
    """Delete the threads whose graph's retention is over, with their values. It may be stopped and run again."""
    from orchestrator.activity.retention import otherwise
    from orchestrator.cli import show
    from orchestrator.cli.loading import application
    from orchestrator.retention import Sweep, Wanted
    from orchestrator.settings import load

    settings = load()
    found = application(settings, app, config)
    wanted = Wanted(dry_run=dry_run, orphans=orphans, older_than=older_than)

    async def go() -> None:
        client = (await connected()).temporal
        async with _stores(app, config) as stores:
            with show.progress() as tell:
                sweep = Sweep(found, stores, client, wanted, otherwise=otherwise(settings), tell=tell)
                report = await sweep.run()
        show.as_json(report) if json else _tell(report)

    run(go())


@group.command("hold")
def hold(
    workflow_id: WorkflowId,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; shown with the hold.")],
    by: By = None,
    app: App = None,
    config: Config = None,
) -> None:
    """Keep a workflow's threads and values until `release`, whatever the retention says."""
    from orchestrator.checkpoints.upkeep import Hold, upkeep
    from orchestrator.cli import show

    if not reason.strip():
        raise typer.BadParameter("--reason is empty; say why.")
    wanted = Hold(workflow_id, user(by), reason, datetime.now(UTC).isoformat(timespec="seconds"))

    async def go() -> None:
        async with _stores(app, config) as stores:
            if not any([await upkeep(store).has_threads(workflow_id) for store in stores]):
                await (await connected()).describe(workflow_id)  # Temporal may know it before it has any thread
            for store in stores:
                await upkeep(store).hold(wanted)
        show.line(f"{workflow_id} is held: {reason}")

    run(go())


@group.command("release")
def release(workflow_id: WorkflowId, app: App = None, config: Config = None) -> None:
    """The opposite of `hold`."""
    from orchestrator.checkpoints.upkeep import upkeep
    from orchestrator.cli import show
    from orchestrator.errors import Refused

    async def go() -> None:
        async with _stores(app, config) as stores:
            released = [await upkeep(store).release(workflow_id) for store in stores]
        if not any(released):
            raise Refused(f"Workflow {workflow_id!r} is not held; `orchestrator retention holds` lists those that are.")
        show.line(f"{workflow_id} is released")

    run(go())


@group.command("holds")
def holds(app: App = None, config: Config = None, json: AsJson = False) -> None:
    """What is held, by whom and why."""
    from orchestrator.checkpoints.upkeep import upkeep
    from orchestrator.cli import show

    async def go() -> None:
        async with _stores(app, config) as stores:
            found = {hold.workflow_id: hold for store in stores for hold in await upkeep(store).holds()}
        if json:
            show.as_json([vars(hold) for hold in found.values()])
        else:
            rows = [
                (hold.workflow_id, hold.held_by, datetime.fromisoformat(hold.at), hold.reason)
                for hold in found.values()
            ]
            show.table(("workflow", "held by", "since", "reason"), rows, nothing="Nothing is held.")

    run(go())


@contextlib.asynccontextmanager
async def _stores(app: str | None, config: "Path | None") -> AsyncIterator[list["CheckpointStore"]]:
    """The checkpointers of the application and the settings, open."""
    from orchestrator.checkpoints.open import open_store
    from orchestrator.cli.loading import application_if_any
    from orchestrator.cli.setup import checkpointers
    from orchestrator.settings import load

    settings = load()
    async with contextlib.AsyncExitStack() as stack:
        stores = []
        for url in checkpointers(application_if_any(settings, app, config), settings):
            stores.append(await stack.enter_async_context(open_store(url)))
            await stores[-1].prepare()
        yield stores


def _tell(report: "Report") -> None:
    from orchestrator.cli import show

    for item in report.items:
        show.line(_line(item))
    if report.left_off:
        show.line(f"… and {report.left_off} more")
    would = "would go" if report.dry_run else "deleted"
    gone = f"{show.count(report.threads, 'thread')}, {show.count(report.values, 'value')}, {_size(report.size_bytes)}"
    show.line(f"{would}: {gone}")
    for why, count in report.kept.items():
        show.line(f"kept: {count}, {why}")
    for item in report.orphans:
        show.line(_line(item))


def _line(item: "Item") -> str:
    from orchestrator.cli import show

    facts = [item.because, item.graph, show.count(item.checkpoints, "checkpoint") if item.checkpoints else None]
    told = ", ".join(fact for fact in (*facts, _size(item.size_bytes), _at(item)) if fact)
    return f"{item.kind} {item.id}: {told}"


def _at(item: "Item") -> str | None:
    """When it was last used."""
    return f"last used {item.last_used_at:%Y-%m-%d}" if item.last_used_at else None


def _size(size_bytes: int) -> str:
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size_bytes < 1024 or unit == "GiB":  # noqa: PLR2004 - a unit
            break
        size_bytes //= 1024
    return f"{size_bytes} {unit}"
