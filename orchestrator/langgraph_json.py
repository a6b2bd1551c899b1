"""An existing LangGraph application, from its `langgraph.json`, with no change."""

import importlib
import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import structlog
from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator import names
from orchestrator.app import Orchestrator
from orchestrator.errors import ConfigurationError
from orchestrator.imports import import_failure
from orchestrator.model import plain

log = structlog.get_logger(__name__)


class LangGraphJson(BaseModel):
    """The keys that we serve. Any other is named in the log."""

    model_config = ConfigDict(extra="allow")

    graphs: dict[str, str | dict[str, Any]]
    dependencies: list[str] = []
    env: str | dict[str, str] = {}


def load(path: Path) -> Orchestrator:
    """The application that a `langgraph.json` describes.

    Paths in it are resolved from its folder; local dependencies join `sys.path`.

    Raises:
        ConfigurationError: The file, or something that it names, cannot be used. *Not retryable.*
    """
    path = path.expanduser().resolve()
    config = _read(path)
    ignored = sorted(config.model_extra or {})
    if ignored:
        log.warning("keys of langgraph.json that are not served here", file=str(path), keys=ignored)
    _apply_env(config.env, path.parent)
    _extend_path(config.dependencies, path.parent)
    app = Orchestrator(names.DEFAULT_TASK_QUEUE)
    for name, entry in config.graphs.items():
        where = entry if isinstance(entry, str) else entry.get("path")
        if isinstance(entry, dict) and (unserved := sorted(set(entry) - {"path"})):
            log.warning("keys of a graph in langgraph.json that are not served here", graph=name, keys=unserved)
        if not isinstance(where, str):
            raise ConfigurationError(f"{path}: graph {name!r} has no path; write './module.py:variable'.")
        module, source = _import(name, where, path.parent)
        app.graph(source, name=name, packages=[module.__name__.partition(".")[0]])
    return app


def _read(path: Path) -> LangGraphJson:
    try:
        return LangGraphJson.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is no UTF-8 text: {error.reason} at byte {error.start}.") from error
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{path}, line {error.lineno}: not JSON: {error.msg}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ConfigurationError(f"{path}: {f'{where}: ' if where else ''}{plain(first)}.") from error


def _apply_env(env: str | dict[str, str], folder: Path) -> None:
    """What is set in the real environment wins."""
    if isinstance(env, str):
        file = folder / env
        if not file.is_file():
            raise ConfigurationError(f"langgraph.json names the environment file {file}, which does not exist.")
        env = {key: value for key, value in dotenv_values(file).items() if value is not None}
    for key, value in env.items():
        os.environ.setdefault(key, value)


def _extend_path(dependencies: list[str], folder: Path) -> None:
    """The folder itself, and each local dependency: a package's parent, or the folder that holds modules."""
    for dependency in [".", *(entry for entry in dependencies if entry.startswith("."))]:
        local = (folder / dependency).resolve()
        if not local.is_dir():
            raise ConfigurationError(f"langgraph.json depends on {dependency!r}, and {local} is no folder.")
        for candidate in (local, local / "src"):
            if candidate.is_dir() and str(candidate) not in sys.path:
                sys.path.insert(0, str(candidate))


def _import(name: str, where: str, folder: Path) -> tuple[ModuleType, Any]:
    """The module and the variable of `./file.py:variable` or `package.module:variable`."""
    target, _, variable = where.rpartition(":")
    if not target or not variable:
        raise ConfigurationError(f"Graph {name!r}: {where!r} is not of the form './module.py:variable'.")
    try:
        module = _module(target, folder)
    except ConfigurationError:
        raise
    except Exception as error:
        raise ConfigurationError(f"Graph {name!r}: {import_failure(target, error)}") from error
    try:
        return module, getattr(module, variable)
    except AttributeError as error:
        raise ConfigurationError(f"Graph {name!r}: {target} has no {variable!r}.") from error


def _module(target: str, folder: Path) -> ModuleType:
    """A module under the same name in each process: its types are written into checkpoints by that name."""
    if not target.endswith(".py") and "/" not in target:
        return importlib.import_module(target)
    file = (folder / target).resolve()
    if not file.is_file():
        raise ConfigurationError(f"{file} does not exist.")
    roots = {Path(root).resolve() for root in sys.path if root} - {Path("/")}
    for root in sorted(roots, key=lambda root: len(root.parts), reverse=True):  # the deepest: src/ before its project
        if file.is_relative_to(root):
            parts = file.relative_to(root).with_suffix("").parts
            if all(part.isidentifier() for part in parts):
                return importlib.import_module(".".join(parts))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise ConfigurationError(f"{file} is no Python module.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module
