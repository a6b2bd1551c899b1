"""Tracebacks that say where and what kind, and not what was in hand: a message quotes the value it failed on."""

import sys
import traceback
from typing import Any

from structlog.types import EventDict, WrappedLogger

from orchestrator.errors import ConfigurationError, KeyMissing, LeaseLost, SealBroken, StoreUnavailable

HIDDEN = "(message hidden: ORCHESTRATOR_LOG_ERRORS)"
TELLING: tuple[type[BaseException], ...] = (ConfigurationError, KeyMissing, LeaseLost, SealBroken, StoreUnavailable)
"""Our own errors that quote no value."""
LINKS = 10
"""Causes that are followed."""


def bare_traceback(error: BaseException) -> str:
    """The traceback, without messages."""
    lines: list[str] = []
    current: BaseException | None = error
    for _ in range(LINKS):
        if current is None:
            break
        kind = type(current)
        where = "".join(traceback.format_tb(current.__traceback__))
        lines.append(f"{where}{kind.__module__}.{kind.__qualname__}: {_said(current)}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\ncaused by\n".join(lines)


def bare_errors(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A processor of structlog's: tracebacks without messages, and the kinds of errors in place of errors."""
    error = _error(event.pop("exc_info", None))
    shown: EventDict = {
        key: f"{type(value).__name__}: {_said(value)}" if isinstance(value, BaseException) else value
        for key, value in event.items()
    }
    if error is not None:
        shown["exception"] = bare_traceback(error)
        message = str(error)
        if message and not isinstance(
            error, TELLING
        ):  # Temporal's loggers and some libraries' put it into the line as well
            shown["event"] = str(shown.get("event", "")).replace(message, HIDDEN)
    return shown


def _said(error: BaseException) -> str:
    return str(error) if isinstance(error, TELLING) else HIDDEN


def _error(info: Any) -> BaseException | None:
    if isinstance(info, BaseException):
        return info
    if isinstance(info, tuple):
        found: BaseException | None = info[1]
        return found
    return sys.exc_info()[1] if info else None
