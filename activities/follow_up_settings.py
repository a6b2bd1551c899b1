"""Where the follow-up's mail goes out and comes in, and how patient it is: environment variables `FOLLOW_UP_*`."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class FollowUpSettings(BaseSettings):
    """Durations are ISO 8601 (`P1D`, `PT30S`) or seconds."""

    model_config = SettingsConfigDict(env_prefix="FOLLOW_UP_", frozen=True, populate_by_name=True)

    reply_secret: SecretStr = Field(min_length=16, validation_alias="ORCHESTRATOR_REPLY_SECRET")
    """Signs the Message-IDs; the same that `orchestrator serve` has, because it lets the replies in."""
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 1025
    smtp_user: str | None = None
    """STARTTLS is used wherever the server offers it."""
    smtp_password: SecretStr | None = None
    sender: str = "sales@company.example"
    """Where the replies come to as well; its domain is that of the Message-IDs."""
    outbox: Path = Path(".orchestrator/follow-up-outbox.db")
    """SQLite file that remembers which mails were sent; the workers share it."""
    outcomes: Path = Path(".orchestrator/follow-up-outcomes.db")
    """SQLite file with how each follow-up ended."""
    day: timedelta = timedelta(days=1)
    """How long a day is; a demonstration has short ones."""
    patience_days: float = 3
    """For the first reply; twice as many after each reminder."""
    reminders: int = 2
    heartbeat_timeout: timedelta = timedelta(seconds=30)
    """After how long a silence a worker is taken for dead."""
    model: str | None = None
    """Words the first mail and reads replies, as `provider:model`; None: templates and rules do."""
    imap_host: str | None = None
    """Of a mailbox to poll for replies; None: none is, and they come through `orchestrator serve`."""
    imap_port: int = 993
    imap_tls: bool = True
    imap_user: str = ""
    imap_password: SecretStr = SecretStr("")
    imap_folder: str = "INBOX"
