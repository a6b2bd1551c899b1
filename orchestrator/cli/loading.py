"""The application, for a command."""

import contextlib
import sys
from pathlib import Path

import typer

from orchestrator.app import Orchestrator
from orchestrator.settings import Settings


def application(settings: Settings, app: str | None, config: Path | None) -> Orchestrator:
    """The application. What its modules print or warn of while they are loaded goes to standard error: standard output
    is the command's.

    Raises:
        ConfigurationError: None is named, or what is named cannot be loaded. *Not retryable.*
        typer.BadParameter: The options make no sense.
    """
    from orchestrator import logs
    from orchestrator.source import load_app

    if app and config:
        raise typer.BadParameter("Give either --app or --config, not both.")
    if app and not all(app.partition(":")):
        raise typer.BadParameter(f"--app {app!r} is not of the form MODULE:NAME.")
    logs.configure_if_not_yet()
    with contextlib.redirect_stdout(sys.stderr):
        return load_app(settings, app, config)


def application_if_any(settings: Settings, app: str | None, config: Path | None) -> Orchestrator | None:
    """The application that is named, or found here; None where there is none.

    Raises:
        ConfigurationError: What is named cannot be loaded. *Not retryable.*
    """
    if app or config or settings.app or settings.config or Path("langgraph.json").exists():
        return application(settings, app, config)
    return None
