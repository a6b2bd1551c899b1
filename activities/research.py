"""Each subgraph of deep research under its name and its policy.

| graph | one turn | tries | why |
| --- | --- | --- | --- |
| plan_research | 5 min | the default | at most one call of a chat model |
| research_questions | 1 h | 40, at most 30 s apart | search services go down: that is 19 minutes of outage |
| write_report | 15 min | the default | at most three calls of a chat model |
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from langgraph.graph import StateGraph

from activities.research_corpus import Corpus
from activities.research_notebook import LibraryNotebook
from activities.research_settings import ResearchSettings
from graphs import research, research_plan, research_report
from graphs.research_library import Library
from graphs.research_model import open_model
from orchestrator import Orchestrator
from orchestrator.options import Options, Retry

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

AnyStateGraph = StateGraph[Any, Any, Any, Any]


def register(
    app: Orchestrator,
    settings: ResearchSettings,
    *,
    library: Library | None = None,
    model: "BaseChatModel | None" = None,
    prepare: Callable[[AnyStateGraph], Any] = lambda graph: graph,
) -> None:
    """Register the graphs.

    Args:
        app: Gets them.
        settings: How much is read, and by which model it is written.
        library: Where it is searched; None: Python's own language reference.
        model: Plans and writes; None: the one that the settings name.
        prepare: What to do with each graph first, for example to compile it with callbacks.

    Raises:
        ConfigurationError: The model's package is not installed. *Not retryable.*
    """
    notebook = LibraryNotebook(library or Corpus(), settings.notebook)
    if model is None and settings.model is not None:
        model = open_model(settings.model)
    scope = research.Scope(settings.passages_per_question, settings.claims_per_question, settings.at_once)

    def add(name: str, graph: AnyStateGraph, minutes: int, retry: Retry | None = None) -> None:
        options = Options(
            start_to_close_timeout=timedelta(minutes=minutes),
            heartbeat_timeout=settings.heartbeat_timeout,
            retry=retry,
        )
        app.graph(prepare(graph), name=name, options=options)

    add("plan_research", research_plan.build(model), minutes=5)
    outside = Retry(maximum_interval=timedelta(seconds=30), maximum_attempts=40)
    add("research_questions", research.build(notebook, scope), minutes=60, retry=outside)
    add("write_report", research_report.build(model), minutes=15)
