"""structlog throughout: our records, Temporal's and the application's come out the same way, with the same ids."""

import logging
import sys
from typing import TextIO

import structlog
from structlog.types import EventDict, WrappedLogger

from orchestrator.errors import MissingExtra
from orchestrator.secrets.bare import bare_errors
from orchestrator.secrets.redact import redactor
from orchestrator.settings import Settings

TEMPORAL_KEYS = {
    "workflow_id": "workflow_id",
    "run_id": "run_id",
    "workflow_run_id": "run_id",
    "workflow_type": "workflow_type",
    "attempt": "attempt",
    "activity_type": "activity_type",
}
"""What is kept of the dictionaries that Temporal's loggers attach, under the names our own records use."""
TRACEBACKS = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
"""Without the local variables, which structlog shows unless told not to, here and on the console: a graph's state, its
secrets included, would stand in the log."""


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Set up logging for this process."""
    stream = stream or sys.stderr
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not stream.isatty())
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _flatten_temporal,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    if settings.telemetry != "off":
        shared.append(_trace_ids())
    errors = TRACEBACKS if as_json else structlog.processors.format_exc_info
    renderer: list[structlog.types.Processor] = [
        bare_errors if settings.hides_errors else errors,
        redactor(settings.log_redact),
        structlog.processors.JSONRenderer(default=str)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback),
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    for noisy in ("httpx", "aiosqlite", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _trace_ids() -> structlog.types.Processor:
    try:
        from orchestrator.telemetry.log_ids import add_trace_ids
    except ImportError as error:
        raise MissingExtra("ORCHESTRATOR_TELEMETRY=otlp", "telemetry") from error
    return add_trace_ids


def configure_if_not_yet() -> None:
    """For a command that does not serve: its own warnings, a line each, on standard error."""
    if not structlog.is_configured():
        structlog.configure(
            processors=[
                structlog.stdlib.add_log_level,
                redactor(),
                structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0),
            ],
            logger_factory=structlog.PrintLoggerFactory(sys.stderr),
            wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        )


def _flatten_temporal(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Temporal's loggers attach one dictionary and repeat it in the message."""
    for key in ("temporal_workflow", "temporal_activity"):
        attached = event.pop(key, None)
        if isinstance(attached, dict):
            for theirs, ours in TEMPORAL_KEYS.items():
                if theirs in attached:
                    event.setdefault(ours, attached[theirs])
            event["event"] = str(event.get("event", "")).partition(" ({")[0]
            if "thread_id" in event:  # in a workflow's record; the standard library keeps `thread` for itself
                event["thread"] = event.pop("thread_id")
    return event
