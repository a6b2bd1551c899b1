"""`orchestrator setup`."""

from collections.abc import Callable
from pathlib import Path

from orchestrator import search_attributes
from orchestrator.app import Orchestrator
from orchestrator.checkpoints.open import open_store
from orchestrator.cli import show
from orchestrator.cli.databases import left_to_do, weak_spots
from orchestrator.cli.loading import application_if_any
from orchestrator.cli.masking import masked
from orchestrator.connect import connect
from orchestrator.schedules.declared import Step, carry_out, steps
from orchestrator.schedules.service import Schedules, told
from orchestrator.settings import Settings, load

SAID = {
    "create": ("created", "to be created"),
    "change": ("changed", "to be changed"),
    "unchanged": ("unchanged", "unchanged"),
    "made by hand": ("made by hand: left as it is", "made by hand: stays as it is"),
}


async def run_setup(
    app: str | None,
    config: Path | None,
    *,
    json: bool,
    dry_run: bool = False,
    prune: bool = False,
    by: str | None = None,
) -> None:
    """Do what has not been done yet, and say what was.

    Args:
        app: `MODULE:NAME` of the application.
        config: Its `langgraph.json`, in place of that.
        json: Say it as JSON.
        dry_run: Only say what there is to do.
        prune: Delete schedules that the application no longer declares.
        by: Who creates the schedules that are not there yet, unless they say who.

    Raises:
        ConfigurationError: The application or the settings make no sense. *Not retryable.*
        Unreachable: No Temporal server answers. *Retryable.*
        StoreUnavailable: A checkpointer's database does not answer. *Retryable.*
        Refused: A declared schedule's name is taken by one that was made by hand. *Not retryable.*
    """
    settings = load()
    application = application_if_any(settings, app, config)
    say: Callable[[str], None] = (lambda _line: None) if json else show.line
    done = {
        "registered": await _search_attributes(settings, say, dry_run=dry_run),
        "checkpointers": await _checkpointers(application, settings, say, dry_run=dry_run),
        "schedules": await _schedules(application, settings, say, dry_run=dry_run, prune=prune, by=by),
        "application": application and application.name,
    }
    if json:
        show.as_json(done)
    elif application is None:
        show.remark("No application here, so no checkpointers but the settings': name one with --app or --config.")


async def _search_attributes(settings: Settings, say: Callable[[str], None], *, dry_run: bool) -> list[str]:
    if not settings.search_attributes:
        say("search attributes: none, as ORCHESTRATOR_SEARCH_ATTRIBUTES says")
        return []
    client = await connect()
    found = await (search_attributes.missing(client) if dry_run else search_attributes.register(client))
    new = f"{'to be registered:' if dry_run else 'registered'} {', '.join(found)}" if found else "registered already"
    say(f"search attributes in namespace {client.namespace}: {new}")
    return found


async def _checkpointers(
    application: Orchestrator | None, settings: Settings, say: Callable[[str], None], *, dry_run: bool
) -> list[str]:
    urls = checkpointers(application, settings)
    for url in urls:
        todo = await left_to_do(url) if dry_run else None
        if not dry_run:
            async with open_store(url) as store:
                await store.setup()
        say(f"checkpoint tables: {masked(url)} is {todo or 'ready'}")
        for spot in await weak_spots(url):
            say(f"checkpoint tables: {masked(url)}: {spot}")
    return [masked(url) for url in urls]


async def _schedules(
    application: Orchestrator | None,
    settings: Settings,
    say: Callable[[str], None],
    *,
    dry_run: bool,
    prune: bool,
    by: str | None,
) -> list[Step]:
    """Without search attributes and schedules nobody asks the server."""
    if application is None or not (application.schedules or settings.search_attributes):
        return []
    schedules = Schedules(await connect())
    task_queue = settings.task_queue or application.name
    todo = await steps(schedules, application, task_queue)
    for step in todo:
        say(_line(step, dry_run=dry_run, prune=prune))
    if not dry_run:
        await carry_out(schedules, application, task_queue, todo, prune=prune, by=by)
        for name in application.schedules:
            if await schedules.never_starts(name):
                say(f"schedule {name}: no time is left at which it starts anything")
    return todo


def _line(step: Step, *, dry_run: bool, prune: bool) -> str:
    if step.what == "remove":
        said = "no longer declared: " + (
            "stays; --prune deletes it" if not prune else "to be deleted" if dry_run else "deleted"
        )
    else:
        said = SAID[step.what][dry_run]
    return f"schedule {step.schedule_id}: {said}{f' ({told(step.changes)})' if step.changes else ''}"


def checkpointers(application: Orchestrator | None, settings: Settings) -> list[str]:
    """The URL of each checkpointer that the application and the settings name."""
    definitions = application.graphs.values() if application else []
    return sorted({settings.checkpoints, *(graph.checkpointer for graph in definitions if graph.checkpointer)})
