"""Traces by OpenTelemetry: Temporal's own spans from client to activity, under one trace id for each workflow."""

from hashlib import sha256
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import Decision
from temporalio import workflow
from temporalio.contrib.opentelemetry import TracingInterceptor, TracingWorkflowInboundInterceptor
from temporalio.worker import WorkflowInterceptorClassInput

from orchestrator.errors import ConfigurationError
from orchestrator.telemetry.bare import BareErrors

SAMPLED = "orchestrator_trace_sampled"
GRPC = "grpc"


def provider(protocol: str, *, bare: bool = False) -> TracerProvider:
    """The process's tracer provider. Made here and sending by OTLP, unless the application has set one up itself.

    Args:
        protocol: Of OTLP. All else (where to, which headers, what share to sample) stands in the `OTEL_*` variables,
            which the OpenTelemetry SDK reads.
        bare: Leave out what errors say.

    Raises:
        ConfigurationError: The exporter for that protocol is not installed. *Not retryable.*
    """
    current = trace.get_tracer_provider()
    if isinstance(current, TracerProvider):
        return current
    resource = Resource.create()
    if str(resource.attributes.get(SERVICE_NAME, "")).startswith("unknown_service"):
        resource = resource.merge(Resource({SERVICE_NAME: "orchestrator"}))
    made = TracerProvider(resource=resource)
    exporter = _exporter(protocol)
    made.add_span_processor(BatchSpanProcessor(BareErrors(exporter) if bare else exporter))
    trace.set_tracer_provider(made)
    return made


def _exporter(protocol: str) -> SpanExporter:
    if protocol != GRPC:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter()
    try:
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
    except ImportError as error:
        raise ConfigurationError(
            "OTEL_EXPORTER_OTLP_PROTOCOL=grpc needs opentelemetry-exporter-otlp-proto-grpc: install it, or use "
            "http/protobuf."
        ) from error
    exporter: SpanExporter = GrpcExporter()
    return exporter


class Tracing(TracingInterceptor):
    """Temporal's interceptor for clients and workers; workflow spans have no length, so they are sent at once, and a
    replay sends none.

    A workflow that nobody's span has started (a schedule, the `temporal` CLI, another language) gets a trace id of its
    own that each replay finds again.
    """

    def __init__(self, tracers: TracerProvider) -> None:
        super().__init__(tracers.get_tracer("orchestrator.temporal"))
        self.sampler = tracers.sampler

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002 - Temporal's word for it
    ) -> type[TracingWorkflowInboundInterceptor]:
        super().workflow_interceptor_class(input)
        input.unsafe_extern_functions[SAMPLED] = self._sampled
        return _Rooted

    def _sampled(self, trace_id: int) -> bool:
        decision = self.sampler.should_sample(None, trace_id, "RunWorkflow").decision
        return decision is Decision.RECORD_AND_SAMPLE


class _Rooted(TracingWorkflowInboundInterceptor):
    """Temporal's, with a trace for workflows that were started without one."""

    def _load_workflow_context_carrier(self) -> dict[str, Any] | None:
        carrier: dict[str, Any] | None = super()._load_workflow_context_carrier()
        if carrier is None:
            root = sha256(workflow.info().first_execution_run_id.encode()).hexdigest()
            sampled = workflow.extern_functions()[SAMPLED](int(root[:32], 16))
            carrier = {"traceparent": f"00-{root[:32]}-{root[32:48]}-{'01' if sampled else '00'}"}
            self._workflow_context_carrier = carrier
        return carrier
