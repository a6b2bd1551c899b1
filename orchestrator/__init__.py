"""Run LangGraph agents on Temporal."""

from orchestrator.app import Orchestrator
from orchestrator.errors import (
    ConfigurationError,
    GraphFailure,
    MissingExtra,
    OrchestratorError,
    Refused,
)
from orchestrator.human import DefaultAnswer, Escalation, HumanDefaults, Quorum, Route
from orchestrator.options import Options, Retry

__all__ = [
    "ConfigurationError",
    "DefaultAnswer",
    "Escalation",
    "GraphFailure",
    "HumanDefaults",
    "MissingExtra",
    "Options",
    "Orchestrator",
    "OrchestratorError",
    "Quorum",
    "Refused",
    "Retry",
    "Route",
]
