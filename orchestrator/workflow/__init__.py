"""The workflow side: deterministic, light, no LangGraph."""

from orchestrator.answer import Answer
from orchestrator.options import DefaultAnswer, Options, Retry
from orchestrator.workflow.graph_run import GraphRun
from orchestrator.workflow.process import Process
from orchestrator.workflow.stage import StageFailed

__all__ = ["Answer", "DefaultAnswer", "GraphRun", "Options", "Process", "Retry", "StageFailed"]
