"""Metrics over HTTP: Temporal's own and ours, in one answer to Prometheus."""

from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from orchestrator.errors import ConfigurationError
from orchestrator.logs import CORE
from orchestrator.settings import Settings
from orchestrator.telemetry.measures import Measures
from orchestrator.telemetry.metrics import BUCKETS


def metrics_runtime(settings: Settings) -> Runtime | None:
    """The runtime of a client that a worker is to use: it serves `/metrics`. None: metrics are off.

    Raises:
        ConfigurationError: The address is none, or somebody else listens there. *Not retryable.*
    """
    if settings.metrics_bind is None:
        return None
    config = PrometheusConfig(
        settings.metrics_bind,
        counters_total_suffix=True,
        unit_suffix=True,
        durations_as_seconds=True,
        histogram_bucket_overrides=BUCKETS,
    )
    try:
        return Runtime(telemetry=TelemetryConfig(logging=CORE, metrics=config, attach_service_name=False))
    except ValueError as error:
        raise ConfigurationError(
            f"ORCHESTRATOR_METRICS_BIND={settings.metrics_bind!r}: {error}. Write ADDRESS:PORT, one port for each "
            "worker on a machine."
        ) from error


def measures_of(client: Client, task_queue: str) -> Measures:
    """What a worker outside of its workflows records with: the meter of its client's runtime."""
    runtime = client.service_client.config.runtime or Runtime.default()
    labels = {"namespace": client.namespace, "task_queue": task_queue}
    return Measures(runtime.metric_meter.with_additional_attributes(labels))
