"""Where the mortgage application's services are, and how patient it is: environment variables `MORTGAGE_*`."""

from datetime import timedelta
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class MortgageSettings(BaseSettings):
    """Durations are ISO 8601 (`P7D`, `PT30S`) or seconds."""

    model_config = SettingsConfigDict(env_prefix="MORTGAGE_", frozen=True)

    bureau_url: str = "http://127.0.0.1:8100"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 1025
    sender: str = "loans@lender.example"
    outbox: Path = Path(".orchestrator/outbox.db")
    """SQLite file that remembers which mails were sent; the workers share it."""
    documents_within: timedelta = timedelta(days=7)
    """How long an applicant has to hand in documents, after the request and after each reminder."""
    reminders: int = 2
    report_within: timedelta = timedelta(days=14)
    """How long the appraiser has for an order."""
    heartbeat_timeout: timedelta = timedelta(seconds=30)
    """After how long a silence a worker is taken for dead."""
    chat_model: str | None = None
    """Words the opening of letters, as `provider:model`; None: a template does."""
