"""Settings: `ORCHESTRATOR_*` from the environment. Nothing else reads it; Temporal's own `TEMPORAL_*` variables and
profile files are read by `temporalio.envconfig`."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from orchestrator.errors import ConfigurationError
from orchestrator.urls import check_url

DATA_FOLDER = Path(".orchestrator")


class Settings(BaseSettings):
    """Each field is the environment variable `ORCHESTRATOR_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="ORCHESTRATOR_", extra="ignore")

    app: str | None = None
    """`MODULE:NAME` of the application object."""
    config: Path | None = None
    """A `langgraph.json`, instead of an application object."""
    checkpoints: str = f"sqlite:///{DATA_FOLDER}/checkpoints.db"
    """URL of the checkpointer of every graph that names none itself."""
    task_queue: str | None = None
    search_attributes: bool = True
    """False: do without the `Orch*` search attributes, on a Temporal where they cannot be registered."""
    drain_seconds: float = Field(default=30, ge=0)
    """How long a worker told to stop lets its nodes finish."""
    max_stages: int = Field(default=100, ge=1)
    """Graph activities at once in one worker."""
    node_threads: int = Field(default=64, ge=1)
    """Sync nodes at once in one worker."""
    sticky_timeout_seconds: float = Field(default=2, gt=0)
    """How long a workflow waits for the worker that has it in its cache before any other may take it."""
    log_format: Literal["auto", "console", "json"] = "auto"
    """auto: console on a terminal, JSON elsewhere."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    temporal_cli: str | None = None
    """The `temporal` executable for `dev`; without it the one on the PATH, else the one in the `dev` extra."""
    dev_db: Path = DATA_FOLDER / "temporal.db"
    """The dev server's file."""

    @field_validator("checkpoints")
    @classmethod
    def _known(cls, url: str) -> str:
        try:
            return check_url(url)
        except ConfigurationError as error:
            raise ValueError(str(error)) from error

    @property
    def drain(self) -> timedelta:
        """The drain period."""
        return timedelta(seconds=self.drain_seconds)


def load() -> Settings:
    """The settings.

    Raises:
        ConfigurationError: A variable has a value that makes no sense; the message names it. *Not retryable.*
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"ORCHESTRATOR_{str(item['loc'][0]).upper()}={item['input']!r}: {item['msg'].removeprefix('Value error, ')}"
            for item in error.errors(include_url=False)
        ]
        raise ConfigurationError("; ".join(lines)) from error
