"""Settings: `ORCHESTRATOR_*` from the environment. Nothing else reads it; Temporal's own `TEMPORAL_*` variables and
profile files are read by `temporalio.envconfig`."""

import json
import os
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from orchestrator.business_time import Calendar
from orchestrator.errors import ConfigurationError
from orchestrator.model import plain
from orchestrator.urls import check_url, without_password

DATA_FOLDER = Path(".orchestrator")
PREFIX = "ORCHESTRATOR_"
DEPLOYED = frozenset({"ORCHESTRATOR_DB_PASSWORD"})
"""Variables of deploy/, which no process of ours reads."""


class Settings(BaseSettings):
    """Each field is the environment variable `ORCHESTRATOR_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    app: str | None = None
    """`MODULE:NAME` of the application object."""
    config: Path | None = None
    """A `langgraph.json`, instead of an application object."""
    checkpoints: str = f"sqlite:///{DATA_FOLDER}/checkpoints.db"
    """URL of the checkpointer of every graph that names none itself."""
    task_queue: str | None = None
    retention_days: float | None = Field(default=None, ge=0)
    """How long threads of graphs that do not say are kept once their workflows have ended; None: for ever."""
    deployment: str | None = Field(
        default=None, validation_alias=AliasChoices("ORCHESTRATOR_DEPLOYMENT", "TEMPORAL_DEPLOYMENT_NAME")
    )
    """Name of the worker deployment, for versioned roll-outs; None: workers have no version."""
    build_id: str | None = Field(
        default=None, validation_alias=AliasChoices("ORCHESTRATOR_BUILD_ID", "TEMPORAL_WORKER_BUILD_ID")
    )
    """Version of the worker within its deployment; by default that of the application's package."""
    search_attributes: bool = True
    """False: do without the `Orch*` search attributes, on a Temporal where they cannot be registered."""
    drain_seconds: float = Field(default=30, ge=0)
    """How long a worker told to stop lets its nodes finish."""
    max_stages: int = Field(default=100, ge=1)
    """Graph activities at once in one worker."""
    node_threads: int = Field(default=64, ge=1)
    """Sync nodes at once in one worker."""
    cached_workflows: int = Field(default=500, ge=0)
    """Workflows that one worker keeps in memory; the others are rebuilt from their history when something happens."""
    sticky_timeout_seconds: float = Field(default=1, gt=0)
    """How long a workflow waits for the worker that has it in its cache before any other may take it."""
    calendars: Annotated[dict[str, Calendar], NoDecode] = Field(default_factory=dict)
    """Calendars by name, as JSON, besides those that the application registers."""
    log_format: Literal["auto", "console", "json"] = "auto"
    """auto: console on a terminal, JSON elsewhere."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    telemetry: Literal["off", "otlp"] = "off"
    """otlp: traces; where to and how much stands in the standard `OTEL_*` variables."""
    otlp_protocol: str = Field(
        default="http/protobuf",
        validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"),
    )
    """The one of them that no library reads for us."""
    metrics_bind: str | None = None
    """ADDRESS:PORT at which a worker answers Prometheus."""
    metrics_count_seconds: float = Field(default=60, gt=0)
    """How often a worker with metrics counts the open workflows, by asking Temporal's visibility."""
    public_url: str | None = None
    """Where `orchestrator serve` is reached from outside: the beginning of every signed link."""
    link_secret: SecretStr | None = None
    """Signs links; at least 32 bytes, and the same for whoever sends them, every worker and every `serve`."""
    link_days: float = Field(default=7, gt=0)
    """The longest that a link in a mail is good for."""
    smtp_url: SecretStr | None = None
    """Sends notices by mail: `smtp://user:password@host:587?tls=start` or `smtps://…`."""
    mail_from: str | None = None
    """Who that mail comes from; needed with it."""
    mail_templates: Path | None = None
    """Folder of templates that shadow ours."""
    webhook_url: SecretStr | None = None
    """Sends notices to a program."""
    webhook_secret: SecretStr | None = None
    """Signs those (Standard Webhooks, `whsec_…`); needed with it; several, separated by commas, while rotating."""
    slack_webhook_url: SecretStr | None = None
    """Sends notices to a Slack channel."""
    directory: Path | None = None
    """JSON file: the addresses of people and groups."""
    operators: Annotated[list[str], NoDecode] = Field(default_factory=list)
    """Who hears of parked stages; names or addresses, separated by commas."""
    web_ui_url: str | None = None
    """Temporal's Web UI, for links in notices."""
    docs_url: str | None = Field(default=None, pattern=r"^https?://[^\s()<>]+$")
    """Where the pages of docs/ are served: a workflow's page in the Web UI links each action to the page about it."""
    token_secret: SecretStr | None = None
    """A shared key (HS256) of the tokens in decisions; at least 32 bytes."""
    token_jwks_url: str | None = None
    """Where the public keys of the tokens in decisions are (RS256, ES256, EdDSA)."""
    token_issuer: str | None = None
    """`iss` of those tokens; needed with either key."""
    token_audience: str | None = None
    """`aud` of those tokens; needed with either key."""
    token_groups_claim: str = "groups"  # noqa: S105 - the name of a claim
    """The claim that lists the groups a person is in."""
    inbound_secret: SecretStr | None = None
    """Signs inbound webhooks and mail (Standard Webhooks, `whsec_…`); several, separated by commas, while rotating."""
    reply_secret: SecretStr | None = None
    """Signs the addresses that replies by mail come to."""
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024)
    """The largest request that `serve` takes."""
    encryption_keys: SecretStr | None = None
    """Encrypts payloads and checkpoints: `[NAMESPACE/]ID:KEY`, several separated by commas, the current one first."""
    encryption_keys_file: Path | None = None
    """The same from a file, one a line."""
    encryption_key_source: str | None = None
    """The same from a function, `MODULE:NAME`, which is given the namespace: for a key management service."""
    encryption_required: bool = False
    """True: refuse checkpoints and values that are not encrypted, once all are."""
    codec_token: SecretStr | None = None
    """Whoever has it may decrypt at `orchestrator codec-server`; at least 32 characters."""
    codec_readers: Annotated[list[str], NoDecode] = Field(default_factory=list)
    """Who may do so with a token of the identity provider: names and `group:NAME`, separated by commas."""
    codec_origins: Annotated[list[str], NoDecode] = Field(default_factory=list)
    """Web pages that may ask it, separated by commas; without any, the Web UI's (ORCHESTRATOR_WEB_UI_URL)."""
    log_errors: Literal["auto", "full", "bare"] = "auto"
    """bare: tracebacks without messages, which quote values. auto: bare where there are encryption keys."""
    log_redact: Annotated[list[str], NoDecode] = Field(default_factory=list)
    """Names of further log fields whose values are masked, separated by commas."""
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

    @field_validator("operators", "codec_readers", "codec_origins", "log_redact", mode="before")
    @classmethod
    def _separated(cls, value: Any) -> Any:
        return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value

    @field_validator("calendars", mode="before")
    @classmethod
    def _from_json(cls, value: Any) -> Any:
        try:
            return json.loads(value) if isinstance(value, str) else value
        except json.JSONDecodeError as error:
            raise ValueError(f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error

    @property
    def link_lifetime(self) -> timedelta:
        """The longest that a link in a mail is good for."""
        return timedelta(days=self.link_days)

    @property
    def encrypts(self) -> bool:
        """Whether there are encryption keys."""
        return bool(self.encryption_keys or self.encryption_keys_file or self.encryption_key_source)

    @property
    def hides_errors(self) -> bool:
        """Whether logs and traces have errors without their messages."""
        return self.log_errors == "bare" or (self.log_errors == "auto" and self.encrypts)

    @property
    def drain(self) -> timedelta:
        """The drain period."""
        return timedelta(seconds=self.drain_seconds)


def unknown() -> dict[str, str | None]:
    """Variables that are called like settings and are none, each with the setting that may have been meant."""
    known = {
        str(alias)
        for name, field in Settings.model_fields.items()
        for alias in (
            field.validation_alias.choices
            if isinstance(field.validation_alias, AliasChoices)
            else [f"{PREFIX}{name.upper()}"]
        )
    }
    strange = sorted(name for name in os.environ if name.upper().startswith(PREFIX))
    strange = [name for name in strange if name.upper() not in known | DEPLOYED]
    return {name: next(iter(get_close_matches(name.upper(), known, n=1)), None) for name in strange}


def load() -> Settings:
    """The settings.

    Raises:
        ConfigurationError: A variable has a value that makes no sense; the message names it. *Not retryable.*
    """
    try:
        return Settings()
    except ValidationError as error:
        raise ConfigurationError("; ".join(map(_complaint, error.errors(include_url=False)))) from error


def _complaint(item: ErrorDetails) -> str:
    """A variable, the place within it, what stands there, and why that will not do."""
    field, *inside = map(str, item["loc"])
    variable = f"{PREFIX}{field.upper()}" if field in Settings.model_fields else field
    place = f": {'.'.join(inside)}" if inside else ""
    return f"{variable}{place}={without_password(str(item['input']))!r}: {plain(item)}"
