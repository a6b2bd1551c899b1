"""An application served inside the test's own process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from orchestrator import names
from orchestrator.app import Orchestrator
from orchestrator.devserver import DevServer
from orchestrator.settings import Settings
from orchestrator.testing.servers import time_skipping, worker
from orchestrator.wire import Status, Task

Handle = WorkflowHandle[Any, Any]

PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Served:
    """A Temporal server with a worker of one application."""

    client: Client
    task_queue: str
    environment: WorkflowEnvironment | None
    """The server whose time can be skipped; None on a dev server, whose time passes as it does."""

    async def graph(self, name: str, input: Any = None, **fields: Any) -> Handle:  # noqa: A002 - LangGraph's word for it
        """A started `GraphRun`; `fields` are those of its start input, beside `graph` and `input`."""
        return await self.start(names.GRAPH_RUN, {"graph": name, "input": input, **fields})

    async def start(self, workflow: str | type, *arguments: Any) -> Handle:
        """A started workflow: of that class, or of that type's name."""
        definition = getattr(workflow, "__temporal_workflow_definition", None)
        name = workflow if isinstance(workflow, str) else definition.name  # type: ignore[union-attr]
        return await self.client.start_workflow(
            name, args=arguments, id=f"{name}-{uuid4().hex[:12]}", task_queue=self.task_queue
        )

    async def status(self, handle: Handle) -> Status:
        """Where the workflow stands; also of one that has ended."""
        status: Status = await handle.query(names.STATUS, result_type=Status)
        return status

    async def tasks(self, handle: Handle) -> list[Task]:
        """Its open tasks."""
        tasks: list[Task] = await handle.query(names.TASKS, result_type=list[Task])
        return tasks

    async def until(self, handle: Handle, holds: Callable[[Status], bool]) -> Status:
        """The status, as soon as `holds` says so of it.

        Raises:
            AssertionError: It does not within 20 s.
        """
        status = await self.status(handle)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not holds(status):
                    await asyncio.sleep(0.02)
                    status = await self.status(handle)
        except TimeoutError:
            raise AssertionError(f"{handle.id} is still: {status.model_dump_json(exclude_none=True)}") from None
        return status

    async def now(self) -> datetime:
        """The server's time."""
        return datetime.now(UTC) if self.environment is None else await self.environment.get_current_time()

    async def sleep(self, duration: timedelta) -> None:
        """Let time pass: none of it yours on a time-skipping server.

        Raises:
            AssertionError: Time cannot be skipped here.
        """
        assert self.environment is not None, "on a dev server time passes as it does: use `serving(app)`"
        await self.environment.sleep(duration)


@contextlib.asynccontextmanager
async def serving(
    app: Orchestrator, server: DevServer | None = None, *, checkpoints: str = "memory://"
) -> AsyncIterator[Served]:
    """A worker of the application, in this process.

    Args:
        app: The application.
        server: A dev server, which has lists, schedules, resets and search attributes; by default a time-skipping
            server of its own, which has none of these and whose clock the test moves.
        checkpoints: URL of the checkpointer of graphs that name none.
    """
    settings = Settings(checkpoints=checkpoints, search_attributes=server is not None, drain_seconds=1)
    if server is not None:
        settings = settings.model_copy(update={"task_queue": f"{app.name}-{uuid4().hex[:12]}"})
        client = await server.client()
        async with worker(app, client, settings) as running:
            yield Served(client, running.task_queue, None)
        return
    async with time_skipping() as environment, worker(app, environment.client, settings) as running:
        yield Served(environment.client, running.task_queue, environment)
