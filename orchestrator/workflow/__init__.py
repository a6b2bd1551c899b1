"""The workflow side: deterministic, light, no LangGraph."""

from orchestrator.answer import Answer
from orchestrator.human import DefaultAnswer, Escalation, Quorum, Route
from orchestrator.options import Options, Retry
from orchestrator.workflow.failure import StageFailed
from orchestrator.workflow.graph_run import GraphRun
from orchestrator.workflow.process import Process

__all__ = [
    "Answer",
    "DefaultAnswer",
    "Escalation",
    "GraphRun",
    "Options",
    "Process",
    "Quorum",
    "Retry",
    "Route",
    "StageFailed",
]
