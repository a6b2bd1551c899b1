"""Where one demonstration keeps its things, and what its processes are told."""

import os
from dataclasses import dataclass
from pathlib import Path

from demo.journal import Journal


@dataclass(frozen=True)
class Site:
    """One demonstration's folder and ports."""

    folder: Path
    bureau_port: int
    smtp_port: int

    @property
    def bureau_url(self) -> str:
        """Of the credit bureau."""
        return f"http://127.0.0.1:{self.bureau_port}"

    @property
    def ledger(self) -> Journal:
        """What the bureau did."""
        return Journal(self.folder / "ledger.jsonl")

    @property
    def trace(self) -> Journal:
        """Which nodes ran."""
        return Journal(self.folder / "trace.jsonl")

    @property
    def mail(self) -> Journal:
        """Which mails came."""
        return Journal(self.folder / "mail.jsonl")

    @property
    def checkpoints(self) -> Path:
        """SQLite file of LangGraph's checkpoints."""
        return self.folder / "checkpoints.db"

    def environment(self, temporal_address: str) -> dict[str, str]:
        """The environment of a worker. Days are seconds here: nobody watches a demonstration for two weeks."""
        return {
            **os.environ,
            "TEMPORAL_ADDRESS": temporal_address,
            "ORCHESTRATOR_CHECKPOINTS": f"sqlite:///{self.checkpoints.absolute()}",
            "ORCHESTRATOR_LOG_FORMAT": "json",
            "MORTGAGE_BUREAU_URL": self.bureau_url,
            "MORTGAGE_SMTP_PORT": str(self.smtp_port),
            "MORTGAGE_OUTBOX": str(self.folder / "outbox.db"),
            "MORTGAGE_TRACE": str(self.trace.path),
            "MORTGAGE_DOCUMENTS_WITHIN": "PT4S",
            "MORTGAGE_REPORT_WITHIN": "PT8S",
            "MORTGAGE_HEARTBEAT_TIMEOUT": "PT5S",
        }
