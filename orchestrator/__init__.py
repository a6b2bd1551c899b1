"""Run LangGraph agents on Temporal."""

from orchestrator.app import Orchestrator
from orchestrator.errors import (
    ConfigurationError,
    GraphFailure,
    MissingExtra,
    OrchestratorError,
    Refused,
)
from orchestrator.options import DefaultAnswer, HumanDefaults, Options, Retry

__all__ = [
    "ConfigurationError",
    "DefaultAnswer",
    "GraphFailure",
    "HumanDefaults",
    "MissingExtra",
    "Options",
    "Orchestrator",
    "OrchestratorError",
    "Refused",
    "Retry",
]
