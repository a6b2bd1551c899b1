"""`orchestrator setup`."""

from pathlib import Path
from typing import Any

from orchestrator import search_attributes
from orchestrator.app import Orchestrator
from orchestrator.checkpoints.open import open_store
from orchestrator.cli import show
from orchestrator.cli.loading import application_if_any
from orchestrator.cli.masking import masked
from orchestrator.connect import connect
from orchestrator.settings import Settings, load


async def run_setup(app: str | None, config: Path | None, *, json: bool) -> None:
    """Do what has not been done yet, and say what was.

    Raises:
        ConfigurationError: The application or the settings make no sense. *Not retryable.*
        Unreachable: No Temporal server answers. *Retryable.*
        StoreUnavailable: A checkpointer's database does not answer. *Retryable.*
    """
    settings = load()
    application = application_if_any(settings, app, config)
    done: dict[str, Any] = {"registered": [], "checkpointers": [], "application": application and application.name}
    if settings.search_attributes:
        client = await connect()
        done["registered"] = await search_attributes.register(client)
        if not json:
            new = f"registered {', '.join(done['registered'])}" if done["registered"] else "registered already"
            show.line(f"search attributes in namespace {client.namespace}: {new}")
    elif not json:
        show.line("search attributes: none, as ORCHESTRATOR_SEARCH_ATTRIBUTES says")
    for url in checkpointers(application, settings):
        async with open_store(url) as store:
            await store.setup()
        done["checkpointers"].append(masked(url))
        if not json:
            show.line(f"checkpoint tables: {masked(url)} is ready")
    if json:
        show.as_json(done)
    elif application is None:
        show.remark("No application here, so no checkpointers but the settings': name one with --app or --config.")


def checkpointers(application: Orchestrator | None, settings: Settings) -> list[str]:
    """The URL of each checkpointer that the application and the settings name."""
    definitions = application.graphs.values() if application else []
    return sorted({settings.checkpoints, *(graph.checkpointer for graph in definitions if graph.checkpointer)})
