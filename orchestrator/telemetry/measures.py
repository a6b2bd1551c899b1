"""What records our metrics, in workflows and out of them. Without a meter it records nothing."""

from datetime import timedelta

from temporalio.common import MetricCounter, MetricGauge, MetricHistogramTimedelta, MetricMeter

from orchestrator.telemetry.metrics import Metric


class Measures:
    """Counters, wait times and gauges over one meter.

    Args:
        meter: A workflow's own (`workflow.metric_meter()`) records nothing during a replay; the runtime's is for the
            rest of a worker.
    """

    def __init__(self, meter: MetricMeter = MetricMeter.noop) -> None:
        self._meter = meter
        self._counters: dict[str, MetricCounter] = {}
        self._waits: dict[str, MetricHistogramTimedelta] = {}
        self._gauges: dict[str, MetricGauge] = {}

    def count(self, metric: Metric, by: int = 1, **labels: str) -> None:
        """Add to a counter."""
        if metric.name not in self._counters:
            self._counters[metric.name] = self._meter.create_counter(metric.name, metric.description)
        self._counters[metric.name].add(by, labels)

    def waited(self, metric: Metric, duration: timedelta, **labels: str) -> None:
        """Record how long something waited."""
        if metric.name not in self._waits:
            made = self._meter.create_histogram_timedelta(metric.name, metric.description, "duration")
            self._waits[metric.name] = made
        self._waits[metric.name].record(max(duration, timedelta(0)), labels)

    def show(self, metric: Metric, value: int, **labels: str) -> None:
        """Set a gauge."""
        if metric.name not in self._gauges:
            self._gauges[metric.name] = self._meter.create_gauge(metric.name, metric.description)
        self._gauges[metric.name].set(value, labels)


UNMEASURED = Measures()
"""Records nothing."""
