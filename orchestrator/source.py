"""Where the application comes from: `--app MODULE:NAME`, `--config langgraph.json`, or the same as settings."""

import importlib
import sys
from pathlib import Path

from orchestrator.app import Orchestrator
from orchestrator.errors import ConfigurationError
from orchestrator.imports import import_failure
from orchestrator.settings import Settings


def load_app(settings: Settings, app: str | None = None, config: Path | None = None) -> Orchestrator:
    """The application.

    Raises:
        ConfigurationError: None is named, or what is named cannot be loaded. *Not retryable.*
    """
    if app and config:
        raise ConfigurationError("Give either --app or --config, not both.")
    if app is None and config is None:
        app, config = settings.app, settings.config
    if app is not None:
        return _from_module(app)
    config = config or Path("langgraph.json")
    if not config.exists():
        raise ConfigurationError(
            f"No application: {config} does not exist. Name one with --app MODULE:NAME or --config langgraph.json, or "
            "set ORCHESTRATOR_APP or ORCHESTRATOR_CONFIG."
        )
    from orchestrator import langgraph_json

    return langgraph_json.load(config)


def _from_module(where: str) -> Orchestrator:
    module_name, _, name = where.partition(":")
    if not module_name or not name:
        raise ConfigurationError(f"--app {where!r} is not of the form MODULE:NAME.")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        module = importlib.import_module(module_name)
    except ConfigurationError:
        raise
    except Exception as error:
        raise ConfigurationError(f"--app {where!r}: {import_failure(module_name, error)}") from error
    found = getattr(module, name, None)
    if found is None:
        raise ConfigurationError(f"--app {where!r}: module {module_name} has no {name!r}.")
    if not isinstance(found, Orchestrator):
        raise ConfigurationError(f"--app {where!r} is a {type(found).__name__}, not an Orchestrator.")
    return found
