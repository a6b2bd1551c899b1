"""How a graph is run: time-outs, retries, durability, and what happens when it fails.

The defaults stand in `DEFAULTS` and nowhere else. Three layers, the later one wins field by field: the defaults, what
`app.graph(..., options=)` registered, what the start request says.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from orchestrator.human import HumanDefaults
from orchestrator.model import Wire

Duration = Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=36_500))]
"""Positive, and no more than a century: Temporal refuses what it cannot add to a date."""


class Retry(Wire):
    """Retries of a graph activity, in Temporal's terms. A retry goes on from the last checkpoint."""

    initial_interval: Duration | None = None
    backoff_coefficient: float | None = Field(default=None, ge=1, allow_inf_nan=False)
    maximum_interval: Duration | None = None
    maximum_attempts: int | None = Field(default=None, ge=0, le=2**31 - 1)
    """0 means without end, which `on_failure="park"` refuses: it would never park."""


LAYERED = frozenset({"retry", "human"})
"""The options that are merged field by field; any other is replaced whole."""


class Options(Wire):
    """How a graph is run. A field that is None takes the next layer's value."""

    start_to_close_timeout: Duration | None = None
    """One activity execution, from its start to its end. Waiting for people does not count: no activity runs then."""
    schedule_to_close_timeout: Duration | None = None
    """All attempts of one activity execution together. None in every layer: without limit."""
    heartbeat_timeout: Duration | None = None
    """How long a worker may be silent before Temporal takes it for dead and retries elsewhere."""
    retry: Retry | None = None
    recursion_limit: int | None = Field(default=None, ge=1)
    """Super-steps per activity execution."""
    durability: Literal["sync", "async", "exit"] | None = None
    """When LangGraph writes checkpoints. Only `sync` is crash-exact."""
    on_failure: Literal["park", "fail"] | None = None
    task_queue: str | None = Field(default=None, min_length=1, max_length=1000, pattern=r"^[^/]")
    human: HumanDefaults | None = None

    def over(self, base: "Options") -> "Options":
        """These options, with `base` filling what they leave open; nested models are merged the same way."""
        return Options.model_validate(_merged(base.model_dump(exclude_none=True), self.model_dump(exclude_none=True)))

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        start, beat = self.start_to_close_timeout, self.heartbeat_timeout
        if start is not None and beat is not None and beat > start:
            raise ValueError(
                f"heartbeat_timeout ({beat}) is longer than start_to_close_timeout ({start}), so a dead worker would "
                "never be noticed by its silence; make it shorter"
            )
        return self


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = {**base, **over}
    for key in LAYERED & base.keys() & over.keys():
        merged[key] = {**base[key], **over[key]}
    return merged


DEFAULTS = Options(
    start_to_close_timeout=timedelta(hours=24),
    heartbeat_timeout=timedelta(seconds=30),
    retry=Retry(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(minutes=5),
        maximum_attempts=25,  # with the intervals above: an outage of about an hour and a half
    ),
    recursion_limit=1000,
    durability="sync",
    on_failure="park",
)


def check_policy(name: str, options: Options) -> Options:
    """The options over the defaults.

    Raises:
        ValueError: The combination makes no sense; the message says which part, and what to do. *Not retryable.*
    """
    if "start_to_close_timeout" in options.model_fields_set and options.start_to_close_timeout is None:
        raise ValueError(f"Graph {name!r} has no start_to_close_timeout: an attempt that hangs would hang for ever.")
    policy = options.over(DEFAULTS)
    if policy.on_failure == "park" and policy.retry is not None and policy.retry.maximum_attempts == 0:
        raise ValueError(
            f"Graph {name!r} retries without end (maximum_attempts=0) and parks on failure: it would never park. "
            "Give it a finite maximum_attempts, or on_failure='fail'."
        )
    if policy.retry is not None and _pause(policy.retry.initial_interval) > _pause(policy.retry.maximum_interval):
        raise ValueError(
            f"Graph {name!r}: retry.initial_interval ({policy.retry.initial_interval}) is longer than "
            f"retry.maximum_interval ({policy.retry.maximum_interval}); give a longer maximum_interval as well."
        )
    return policy


def _pause(interval: timedelta | None) -> timedelta:
    return interval or timedelta(0)
