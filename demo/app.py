"""The application object: `orchestrator worker --app demo.app:app`."""

from typing import Any

from activities import portfolio
from activities.mortgage import AnyStateGraph, register
from demo.journal import Journal
from demo.settings import DemoSettings
from demo.trace import NodeTrace
from orchestrator import Orchestrator
from workflows.mortgage import MortgageUnderwriting

settings = DemoSettings()
app = Orchestrator("mortgage")


def traced(graph: AnyStateGraph) -> Any:
    """The graph, compiled to write down which nodes ran, if it is to."""
    if settings.trace is None:
        return graph
    return graph.compile().with_config(callbacks=[NodeTrace(Journal(settings.trace))])


register(app, settings, prepare=traced)
app.workflow(MortgageUnderwriting)
portfolio.register(app)
