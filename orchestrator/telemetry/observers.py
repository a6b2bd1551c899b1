"""What the graph activities of a worker report to, and what one attempt reports."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import AsyncCallbackManager, BaseCallbackHandler
from temporalio import activity

from orchestrator.calls import StageCall
from orchestrator.telemetry.measures import UNMEASURED, Measures
from orchestrator.telemetry.metrics import ATTEMPTS, ATTEMPTS_FAILED, NODES_REPEATED

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer


@dataclass(frozen=True)
class Observers:
    """Metrics and traces; by default neither."""

    measures: Measures = UNMEASURED
    tracer: "Tracer | None" = None


UNOBSERVED = Observers()


class Observed:
    """One attempt."""

    def __init__(self, observers: Observers, call: StageCall, info: activity.Info) -> None:
        self.measures = observers.measures
        self.tracer = observers.tracer
        self.graph = call.graph
        self.ids: dict[str, str | int] = {
            "graph": call.graph,
            "workflow_id": info.workflow_id or "",
            "run_id": info.workflow_run_id or "",
            "stage": call.stage,
            "thread": call.thread_id,
            "turn": call.turn,
            "attempt": info.attempt,
        }
        self._retried = info.attempt > 1
        self._repeating = False

    def callbacks(self) -> AsyncCallbackManager:
        """To invoke the graph with, beside its own: a tracer of LangChain's (LangSmith, say) finds our ids in the
        metadata of each run. The configuration's metadata would be written to every checkpoint."""
        handlers: list[BaseCallbackHandler] = []
        if self.tracer is not None:
            from orchestrator.telemetry.node_spans import NodeSpans

            handlers.append(NodeSpans(self.tracer, self.ids))
        manager = AsyncCallbackManager(handlers, inheritable_handlers=handlers)
        manager.add_metadata(self.ids)
        return manager

    def found(self, kind: str) -> None:
        """What the attempt found in its thread."""
        self.measures.count(ATTEMPTS, graph=self.graph, found=kind, retry=str(self._retried).lower())
        self._repeating = self._retried and kind == "resuming"

    def on_task(self, payload: dict[str, Any]) -> None:
        """A `tasks` event of LangGraph's stream."""
        if self._repeating and "input" in payload:
            self.measures.count(NODES_REPEATED, graph=self.graph)

    def on_checkpoint(self) -> None:
        """The super-step that was in flight is done."""
        self._repeating = False

    def failed(self, failure: str) -> None:
        """The attempt ends with a failure of that type."""
        self.measures.count(ATTEMPTS_FAILED, graph=self.graph, failure=failure)
