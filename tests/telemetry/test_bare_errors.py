"""Where the log has errors without their messages, so have the spans."""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from orchestrator.telemetry.bare import BareErrors


def failed_with(exporter: InMemorySpanExporter, *, bare: bool) -> str:
    """The only span, as it is exported, of a node that failed on somebody's number."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(BareErrors(exporter) if bare else exporter))
    with provider.get_tracer("test").start_as_current_span(
        "RunNode:pay", attributes={"orchestrator.node": "pay"}
    ) as span:
        span.record_exception(ValueError("no account for 078-05-1120"))
        span.set_status(StatusCode.ERROR, "ValueError: no account for 078-05-1120")
    (exported,) = exporter.get_finished_spans()
    return str(exported.to_json())


def test_the_type_is_told_and_the_message_is_not() -> None:
    exporter = InMemorySpanExporter()
    assert "078-05-1120" not in failed_with(exporter, bare=True)
    (span,) = exporter.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert dict(span.events[0].attributes or {})["exception.type"] == "ValueError"
    assert dict(span.attributes or {}) == {"orchestrator.node": "pay"}
    assert span.context is not None
    assert span.end_time


def test_without_it_the_message_is_told() -> None:
    assert "078-05-1120" in failed_with(InMemorySpanExporter(), bare=False)
