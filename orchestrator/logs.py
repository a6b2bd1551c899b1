"""structlog throughout: our records, Temporal's and the application's come out the same way, with the same ids."""

import contextlib
import logging
import sys
from typing import TextIO

import structlog
from structlog.types import EventDict, WrappedLogger
from temporalio.exceptions import ApplicationError
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig

from orchestrator.calls import Standing
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
CORE = LoggingConfig(
    filter=LoggingConfig.default.filter,
    forwarding=LogForwardingConfig(
        logger=logging.getLogger("temporalio.core"),
        append_target_to_name=False,
        prepend_target_on_message=False,
        append_log_fields_to_message=False,  # they become fields of the record
    ),
)
"""For a runtime of Temporal's whose Rust core logs as everything else here does, and not in lines of its own."""


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
    say_failures_once()
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


def configure_in_tests() -> None:
    """For a worker in a test's own process: through `logging`, whose records a test runner shows with the test that
    failed, and without local variables. Whoever has configured structlog keeps what they have."""
    say_failures_once()
    if not structlog.is_configured():
        structlog.configure(
            processors=[
                structlog.stdlib.filter_by_level,
                structlog.contextvars.merge_contextvars,
                structlog.processors.format_exc_info,
                redactor(),
                structlog.dev.ConsoleRenderer(
                    colors=False, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
                ),
            ],
            logger_factory=structlog.stdlib.LoggerFactory(),
            wrapper_class=structlog.stdlib.BoundLogger,
        )


def forward_core() -> None:
    """Have Temporal's Rust core log as this process does, where the application has set no runtime of its own. To be
    called once the application is loaded, and before anything is connected."""
    with contextlib.suppress(RuntimeError):  # there is a default runtime already
        Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=CORE)))


def say_failures_once() -> None:
    """Drop what Temporal says of a graph activity that failed: we have said it, with the same traceback."""
    logger = logging.getLogger("temporalio.activity")
    if _is_news not in logger.filters:
        logger.addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    # Only a graph activity says how far it came, and only once it has logged what happened.
    return not (isinstance(error, ApplicationError) and any(isinstance(detail, Standing) for detail in error.details))


def _flatten_temporal(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Temporal's loggers attach one dictionary and repeat it in the message; its core's, a record."""
    for key in ("temporal_workflow", "temporal_activity"):
        attached = event.pop(key, None)
        if isinstance(attached, dict):
            for theirs, ours in TEMPORAL_KEYS.items():
                if theirs in attached:
                    event.setdefault(ours, attached[theirs])
            event["event"] = str(event.get("event", "")).partition(" ({")[0]
            if "thread_id" in event:  # in a workflow's record; the standard library keeps `thread` for itself
                event["thread"] = event.pop("thread_id")
    core = event.pop("temporal_log", None)
    if core is not None:
        event["target"] = core.target
        for name, value in core.fields.items():
            event.setdefault(name, value)
    return event
