"""Schedules on the dev server, with a worker in the test's own process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowExecutionStatus

from orchestrator import Orchestrator
from orchestrator.devserver import DevServer
from orchestrator.schedules.declared import graph_input
from orchestrator.schedules.plan import Plan
from orchestrator.schedules.service import ScheduleInfo, Schedules
from orchestrator.settings import Settings
from orchestrator.testing import worker
from tests.support.local import Handle

PATIENCE_SECONDS = 30
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Server:
    """The dev server and an application on a task queue of its own."""

    client: Client
    queue: str

    @property
    def schedules(self) -> Schedules:
        return Schedules(self.client)

    async def create(self, graph: str, value: Any = None, *, continued: bool = False, **plan: Any) -> str:
        """The id of a new schedule: of every minute, and paused."""
        schedule_id = f"s-{uuid4().hex[:10]}"
        args = [graph_input(graph, value, None, None, schedule_id if continued else None)]
        made = Plan(workflow="GraphRun", args=args, task_queue=self.queue, cron=["* * * * *"], **plan)
        await self.schedules.create(schedule_id, made, paused=True)
        return schedule_id

    async def backfill(self, schedule_id: str, first: int, last: int | None = None, overlap: Any = None) -> None:
        """Have the runs of these minutes of 2026 begin. Each has an id of its own, which two triggers within a second
        would not."""
        start, end = (NEW_YEAR + timedelta(minutes=minute) for minute in (first, first if last is None else last))
        await self.schedules.backfill(schedule_id, start, end, overlap)

    def run(self, schedule_id: str, minute: int) -> Handle:
        """The run of a minute."""
        moment = NEW_YEAR + timedelta(minutes=minute)
        return self.client.get_workflow_handle(f"{schedule_id}-{moment:%Y-%m-%dT%H:%M:%SZ}")

    async def started(self, schedule_id: str, minute: int) -> Handle:
        """The same, once it has begun."""
        handle = self.run(schedule_id, minute)
        await self.until(schedule_id, lambda info: handle.id in info.recent)
        return handle

    async def until(self, schedule_id: str, holds: Callable[[ScheduleInfo], bool]) -> ScheduleInfo:
        """The schedule, as soon as `holds` says so of it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not holds(info := await self.schedules.show(schedule_id)):
                await asyncio.sleep(0.05)
        return info


async def ended(handle: Handle) -> WorkflowExecutionStatus | None:
    """How a workflow has ended; None: it has not."""
    status = (await handle.describe()).status
    return None if status == WorkflowExecutionStatus.RUNNING else status


@contextlib.asynccontextmanager
async def scheduling(temporal: DevServer, checkpoints: str = "memory://", **graphs: Any) -> AsyncIterator[Server]:
    """A worker of these graphs."""
    app = Orchestrator(f"tests-{uuid4().hex[:8]}")
    for name, graph in graphs.items():
        app.graph(graph, name=name)
    settings = Settings(checkpoints=checkpoints, search_attributes=False, drain_seconds=1)
    client = await temporal.client()
    async with worker(app, client, settings):
        yield Server(client, app.name)
