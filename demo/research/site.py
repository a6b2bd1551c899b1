"""Where one demonstration keeps its things, and what its workers are told."""

import os
from dataclasses import dataclass
from pathlib import Path

from demo.journal import Journal


@dataclass(frozen=True)
class Site:
    """One demonstration's folder."""

    folder: Path

    @property
    def trace(self) -> Journal:
        """What the library was asked."""
        return Journal(self.folder / "trace.jsonl")

    @property
    def notebook(self) -> Path:
        """SQLite file of what was read."""
        return self.folder / "notebook.db"

    @property
    def checkpoints(self) -> str:
        """URL of LangGraph's checkpoints."""
        return f"sqlite:///{self.folder / 'checkpoints.db'}"

    def environment(self, temporal_address: str) -> dict[str, str]:
        """The environment of a worker."""
        return {
            **os.environ,
            "TEMPORAL_ADDRESS": temporal_address,
            "ORCHESTRATOR_CHECKPOINTS": self.checkpoints,
            "ORCHESTRATOR_LOG_FORMAT": "json",
            "RESEARCH_NOTEBOOK": str(self.notebook),
            "RESEARCH_TRACE": str(self.trace.path),
            "RESEARCH_LINE_SECONDS": "0.4",
            "RESEARCH_HEARTBEAT_TIMEOUT": "PT2S",
        }
