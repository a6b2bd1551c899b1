"""How research is done: environment variables `RESEARCH_*`."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ResearchSettings(BaseSettings):
    """Durations are ISO 8601 (`PT30S`) or seconds."""

    model_config = SettingsConfigDict(env_prefix="RESEARCH_", frozen=True)

    model: str | None = None
    """Plans and writes, as `provider:model`; None: rules plan, and the report quotes."""
    notebook: Path = Path(".orchestrator/research-notebook.db")
    """SQLite file of what was read; the workers share it."""
    passages_per_question: int = Field(default=6, ge=1)
    claims_per_question: int = Field(default=3, ge=1)
    at_once: int = Field(default=8, ge=1)
    """Passages read side by side."""
    heartbeat_timeout: timedelta = timedelta(seconds=30)
    """After how long a silence a worker is taken for dead."""
