"""A span for each execution of a LangGraph task, in subgraphs too, current while the node runs."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langgraph.errors import GraphBubbleUp
from opentelemetry.context import attach
from opentelemetry.trace import (
    Span,
    SpanContext,
    Status,
    StatusCode,
    Tracer,
    get_current_span,
    set_span_in_context,
)


class NodeSpans(BaseCallbackHandler):
    """LangChain's callbacks and not LangGraph's stream of tasks: they come in the task's own context, before and after
    the node, so whatever the node starts becomes a child of its span, and a subgraph's nodes are told of too.

    Args:
        tracer: Of the spans.
        attributes: What every span says: the graph, the workflow, the stage, the attempt.
    """

    run_inline = True
    """In the task's context, and not in a thread."""
    ignore_llm = ignore_chat_model = ignore_retriever = ignore_agent = ignore_retry = ignore_custom_event = True

    def __init__(self, tracer: Tracer, attributes: Mapping[str, str | int]) -> None:
        self.tracer = tracer
        self.attributes = {f"orchestrator.{name}": value for name, value in attributes.items()}
        self._open: dict[UUID, tuple[str, Span]] = {}
        self._running: set[str] = set()
        """The tasks, each by the namespace that is its own."""

    def on_chain_start(
        self,
        serialized: Any,  # noqa: ARG002 - LangChain's
        inputs: Any,  # noqa: ARG002 - never in a span: it is the state
        *,
        run_id: UUID,
        metadata: dict[str, Any] | None = None,
        name: str | None = None,
        **kwargs: Any,  # noqa: ARG002
    ) -> None:
        about = metadata or {}
        node, task = str(about.get("langgraph_node", "")), str(about.get("langgraph_checkpoint_ns", ""))
        # Whatever runs inside a task says the same of itself; the task comes first.
        if not task or name != node or task in self._running:
            return
        attributes = self.attributes | {
            "orchestrator.node": node,
            "orchestrator.step": int(about.get("langgraph_step", -1)),
            "orchestrator.namespace": task.rpartition("|")[0],
        }
        span = NodeSpan(self.tracer.start_span(f"RunNode:{node}", attributes=attributes), get_current_span())
        self._running.add(task)
        self._open[run_id] = (task, span)
        attach(set_span_in_context(span))

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **kwargs: Any) -> None:  # noqa: ARG002 - LangChain's
        self._end(run_id)

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:  # noqa: ARG002
        if run_id not in self._open:
            return
        span = self._open[run_id][1]
        if isinstance(error, GraphBubbleUp):  # a question, or a command to the graph above: no failure
            span.set_attribute("orchestrator.left_by", type(error).__name__)
        else:
            span.record_exception(error)
            span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"))
        self._end(run_id)

    def _end(self, run_id: UUID) -> None:
        if run_id in self._open:
            task, span = self._open.pop(run_id)
            self._running.discard(task)
            span.end()


class NodeSpan(Span):
    """A span that stands for the one around it once it has ended.

    LangChain tells of an end in another context than of the start, so nobody can take the span out of the context that
    it was put into. LangGraph runs the next node there, and a node that called a subgraph goes on there.
    """

    def __init__(self, span: Span, around: Span) -> None:
        self.span = span
        self.ended = False
        self.around = around.current if isinstance(around, NodeSpan) else around

    @property
    def current(self) -> Span:
        return self.around if self.ended else self.span

    def end(self, end_time: int | None = None) -> None:
        self.span.end(end_time)
        self.ended = True

    def get_span_context(self) -> SpanContext:
        return self.current.get_span_context()

    def is_recording(self) -> bool:
        return self.current.is_recording()

    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        self.current.set_attributes(attributes)

    def set_attribute(self, key: str, value: Any) -> None:
        self.current.set_attribute(key, value)

    def add_event(self, name: str, attributes: Any = None, timestamp: int | None = None) -> None:
        self.current.add_event(name, attributes, timestamp)

    def add_link(self, context: SpanContext, attributes: Any = None) -> None:
        self.current.add_link(context, attributes)

    def update_name(self, name: str) -> None:
        self.current.update_name(name)

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        self.current.set_status(status, description)

    def record_exception(
        self, exception: BaseException, attributes: Any = None, timestamp: int | None = None, escaped: bool = False
    ) -> None:
        self.current.record_exception(exception, attributes, timestamp, escaped)
