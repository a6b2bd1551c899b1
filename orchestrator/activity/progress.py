"""How far an attempt has come: told to Temporal from the background, whatever the node does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field, ValidationError
from temporalio import activity

from orchestrator.model import Record

INTERVAL_SECONDS = 1.0
"""A cancelled activity hears of it at a heartbeat. Temporal's client throttles what it really sends."""


class Heartbeat(Record):
    """Heartbeat details of a graph activity."""

    nodes: list[str] = Field(default_factory=list)
    """The root graph's nodes that run now."""
    checkpoint_id: str | None = None
    steps: int = 0
    stage: str | None = None
    attempt: int = 1


@dataclass
class Progress:
    """What the next heartbeat will say."""

    running: dict[str, str] = field(default_factory=dict)
    checkpoint_id: str | None = None
    steps: int = 0
    stage: str | None = None

    def on_task(self, payload: dict[str, Any]) -> None:
        """A `tasks` event of LangGraph's stream: a task began (it has an input) or ended."""
        if "input" in payload:
            self.running[payload["id"]] = payload["name"]
        else:
            self.running.pop(payload["id"], None)

    def on_checkpoint(self, checkpoint_id: str, step: int) -> None:
        """A checkpoint of the root graph was written."""
        self.checkpoint_id, self.steps = checkpoint_id, step

    def beat(self) -> None:
        """Tell Temporal."""
        activity.heartbeat(
            Heartbeat(
                nodes=sorted(self.running.values()),
                checkpoint_id=self.checkpoint_id,
                steps=self.steps,
                stage=self.stage,
                attempt=activity.info().attempt,
            )
        )


@asynccontextmanager
async def beating(progress: Progress) -> AsyncIterator[None]:
    """Heartbeats while the block runs, one a second; more often where the heartbeat timeout is that short."""
    timeout = activity.info().heartbeat_timeout
    interval = min(timeout.total_seconds() / 3 if timeout else INTERVAL_SECONDS, INTERVAL_SECONDS)

    async def beat() -> None:
        while True:
            progress.beat()
            await asyncio.sleep(interval)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()


def previous_heartbeat() -> Heartbeat | None:
    """What the attempt before this one last said, if it said anything."""
    details = activity.info().heartbeat_details
    try:
        return Heartbeat.model_validate(details[0]) if details else None
    except ValidationError:  # a newer worker's heartbeat that this one cannot read
        return None
