"""Where one demonstration keeps its things, and what its processes are told."""

import os
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path

from demo.journal import Journal


@dataclass(frozen=True)
class Site:
    """One demonstration's folder, ports and secrets."""

    folder: Path
    serve_port: int
    smtp_port: int
    reply_secret: str = field(default_factory=lambda: os.urandom(24).hex())
    inbound_secret: str = field(default_factory=lambda: f"whsec_{b64encode(os.urandom(32)).decode()}")

    @property
    def serve_url(self) -> str:
        """Of `orchestrator serve`."""
        return f"http://127.0.0.1:{self.serve_port}"

    @property
    def mail(self) -> Journal:
        """Which mails came to customers."""
        return Journal(self.folder / "mail.jsonl")

    @property
    def inbound(self) -> Journal:
        """Which mails came to the company."""
        return Journal(self.folder / "inbound.jsonl")

    @property
    def checkpoints(self) -> str:
        """URL of LangGraph's checkpoints."""
        return f"sqlite:///{self.folder / 'checkpoints.db'}"

    def environment(self, temporal_address: str) -> dict[str, str]:
        """The environment of the workers and of `orchestrator serve`. A day has a second here."""
        return {
            **os.environ,
            "TEMPORAL_ADDRESS": temporal_address,
            "ORCHESTRATOR_CHECKPOINTS": self.checkpoints,
            "ORCHESTRATOR_LOG_FORMAT": "json",
            "ORCHESTRATOR_REPLY_SECRET": self.reply_secret,
            "ORCHESTRATOR_INBOUND_SECRET": self.inbound_secret,
            "FOLLOW_UP_SMTP_PORT": str(self.smtp_port),
            "FOLLOW_UP_OUTBOX": str(self.folder / "outbox.db"),
            "FOLLOW_UP_OUTCOMES": str(self.folder / "outcomes.db"),
            "FOLLOW_UP_DAY": "PT1S",
            "FOLLOW_UP_PATIENCE_DAYS": "2",
            "FOLLOW_UP_HEARTBEAT_TIMEOUT": "PT5S",
        }
