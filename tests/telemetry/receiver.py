"""What OpenTelemetry's collector and LangSmith receive, kept in memory."""

import contextlib
import gzip
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import zstandard
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

BATCHES = {
    "use_multipart_endpoint": False,
    "size_limit": 100,
    "size_limit_bytes": 20_971_520,
    "scale_up_nthreads_limit": 16,
    "scale_up_qsize_trigger": 1000,
    "scale_down_nempty_trigger": 4,
}
"""How LangSmith's client is to send: as plain JSON."""


@dataclass(frozen=True)
class Span:
    """A span that was received."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: dict[str, Any]
    service: str
    failed: bool


@dataclass
class Receiver:
    """A server for both."""

    address: str = ""
    spans: list[Span] = field(default_factory=list)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    """LangSmith's runs by id, each as it was at last."""

    @property
    def traced(self) -> dict[str, str]:
        """Variables of a process that sends its traces here."""
        return {
            "ORCHESTRATOR_TELEMETRY": "otlp",
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.address,
            "OTEL_BSP_SCHEDULE_DELAY": "50",
        }

    @property
    def langsmith(self) -> dict[str, str]:
        """Variables of a process that sends its runs here."""
        return {"LANGSMITH_TRACING": "true", "LANGSMITH_ENDPOINT": self.address, "LANGSMITH_API_KEY": "key"}

    def named(self, name: str) -> Span:
        """The one span of that name."""
        found = [span for span in self.spans if span.name == name]
        assert len(found) == 1, (name, [span.name for span in self.spans])
        return found[0]

    def parent(self, span: Span) -> Span | None:
        """The span around it."""
        return next((other for other in self.spans if other.span_id == span.parent_id), None)

    def above(self, span: Span) -> list[str]:
        """The names of the spans around it, from the inside."""
        parent = self.parent(span)
        return [parent.name, *self.above(parent)] if parent else []

    def nodes(self) -> Counter[str]:
        """How many spans there are of each node."""
        return Counter(span.name.removeprefix("RunNode:") for span in self.spans if span.name.startswith("RunNode:"))

    async def traces(self, request: web.Request) -> web.Response:
        """OTLP over HTTP."""
        message = ExportTraceServiceRequest.FromString(await request.read())
        for resource in message.resource_spans:
            service = next(one.value.string_value for one in resource.resource.attributes if one.key == "service.name")
            for scope in resource.scope_spans:
                for span in scope.spans:
                    attributes = {
                        one.key: getattr(one.value, str(one.value.WhichOneof("value"))) for one in span.attributes
                    }
                    ids = span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()
                    self.spans.append(Span(span.name, *ids, attributes, service, span.status.code == 2))
        return web.Response(content_type="application/x-protobuf")

    async def info(self, _request: web.Request) -> web.Response:
        """What LangSmith's client asks first."""
        return web.json_response({"batch_ingest_config": BATCHES})

    async def batch(self, request: web.Request) -> web.Response:
        """LangSmith's runs."""
        body = await request.read()
        opened: Callable[[bytes], bytes] = {
            "gzip": gzip.decompress,
            "zstd": lambda data: zstandard.ZstdDecompressor().stream_reader(data).read(),
        }.get(request.headers.get("Content-Encoding", ""), bytes)
        runs = json.loads(opened(body))
        for run in [*runs.get("post", []), *runs.get("patch", [])]:
            self.runs.setdefault(run["id"], {}).update(run)
        return web.json_response({}, status=202)


@contextlib.asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver at a free port."""
    receiver = Receiver()
    app = web.Application(client_max_size=2**26)
    app.router.add_post("/v1/traces", receiver.traces)
    app.router.add_get("/info", receiver.info)
    app.router.add_post("/runs/batch", receiver.batch)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    receiver.address = f"http://{host}:{port}"
    try:
        yield receiver
    finally:
        await runner.cleanup()
