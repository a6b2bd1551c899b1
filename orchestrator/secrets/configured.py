"""The keys that the settings name."""

import importlib
import sys
from functools import partial
from pathlib import Path
from typing import Any

from orchestrator.errors import ConfigurationError
from orchestrator.imports import import_failure
from orchestrator.secrets.keys import Key, Keyring, key_of, of_namespace, parse, read_file
from orchestrator.settings import Settings

SOURCE = "ORCHESTRATOR_ENCRYPTION_KEY_SOURCE"


def keyring(settings: Settings, namespace: str) -> Keyring | None:
    """The keys of a namespace; None where the settings ask for no encryption.

    Raises:
        ConfigurationError: There is none for it, one makes no sense, or there are two places to take them from. *Not
            retryable.*
    """
    sources: dict[str, partial[list[Key]]] = {}
    if settings.encryption_keys is not None:
        entries = parse(settings.encryption_keys.get_secret_value(), "ORCHESTRATOR_ENCRYPTION_KEYS")
        sources["ORCHESTRATOR_ENCRYPTION_KEYS"] = partial(of_namespace, entries, namespace)
    if settings.encryption_keys_file is not None:
        sources["ORCHESTRATOR_ENCRYPTION_KEYS_FILE"] = partial(_filed, settings.encryption_keys_file, namespace)
    if settings.encryption_key_source is not None:
        hook = _hook(settings.encryption_key_source)
        sources[SOURCE] = partial(_fetched, hook, settings.encryption_key_source, namespace)
    if len(sources) > 1:
        raise ConfigurationError(f"{' and '.join(sources)} are both set: keys come from one place.")
    return Keyring(namespace, next(iter(sources.values()))) if sources else None


def _hook(where: str) -> Any:
    module_name, _, name = where.partition(":")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(importlib.import_module(module_name), name, None)
    except Exception as error:
        raise ConfigurationError(f"{SOURCE}={where!r}: {import_failure(module_name, error)}") from error
    if not callable(found):
        raise ConfigurationError(f"{SOURCE}={where!r} is not the MODULE:NAME of a function.")
    return found


def _filed(path: Path, namespace: str) -> list[Key]:
    return of_namespace(read_file(path), namespace)


def _fetched(hook: Any, name: str, namespace: str) -> list[Key]:
    """What the hook gives: `(id, key)` pairs, the current one first."""
    try:
        return [key_of(str(key_id), bytes(secret), f"{SOURCE}={name}") for key_id, secret in hook(namespace)]
    except ConfigurationError:
        raise
    except Exception as error:
        raise ConfigurationError(
            f"{SOURCE}={name}: it raised {type(error).__name__}: {error}. It takes a namespace and returns (id, key) "
            "pairs, the current one first."
        ) from error
