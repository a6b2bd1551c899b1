"""Whether there are traces, and the way to them that loads OpenTelemetry only then."""

from typing import TYPE_CHECKING

from temporalio.client import Client

from orchestrator.errors import MissingExtra
from orchestrator.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

    from orchestrator.telemetry.tracing import Tracing


def interceptors(settings: Settings, client: Client | None = None) -> "list[Tracing]":
    """What a client, or a worker over a client that has none yet, is to be made with.

    Raises:
        MissingExtra: Traces are on, and the extra is not installed. *Not retryable.*
        ConfigurationError: The exporter that the settings name is not installed. *Not retryable.*
    """
    if settings.telemetry == "off":
        return []
    tracers = _provider(settings)
    from orchestrator.telemetry.tracing import Tracing

    if client is not None and any(isinstance(each, Tracing) for each in client.config()["interceptors"]):
        return []
    return [Tracing(tracers)]


def tracer(settings: Settings) -> "Tracer | None":
    """For the spans of nodes; None: traces are off.

    Raises:
        MissingExtra: Traces are on, and the extra is not installed. *Not retryable.*
        ConfigurationError: The exporter that the settings name is not installed. *Not retryable.*
    """
    return None if settings.telemetry == "off" else _provider(settings).get_tracer("orchestrator.nodes")


def _provider(settings: Settings) -> "TracerProvider":
    try:
        from orchestrator.telemetry.tracing import provider
    except ImportError as error:
        raise MissingExtra(f"ORCHESTRATOR_TELEMETRY={settings.telemetry}", "telemetry") from error
    return provider(settings.otlp_protocol, bare=settings.hides_errors)
