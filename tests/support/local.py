"""An application served inside the test's own process, on a time-skipping server of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from orchestrator import Orchestrator
from orchestrator.settings import Settings
from orchestrator.testing import time_skipping, worker

Handle = WorkflowHandle[Any, Any]

PATIENCE_SECONDS = 20

QUICK_RETRIES = {"initial_interval": "PT0.05S", "maximum_attempts": 2}
"""A retry policy that is exhausted at once."""


@dataclass(frozen=True)
class Local:
    """A server with a worker."""

    client: Client
    queue: str
    skipping: WorkflowEnvironment | None = None

    @property
    def environment(self) -> WorkflowEnvironment:
        """The server whose time can be skipped."""
        assert self.skipping is not None, "this server's time passes as it does"
        return self.skipping

    async def graph(self, name: str, value: Any = None, **fields: Any) -> Handle:
        """A started GraphRun; `fields` are those of its start input beside `graph` and `input`."""
        return await self.start("GraphRun", {"graph": name, "input": value, **fields})

    async def start(self, workflow: str, *arguments: Any) -> Handle:
        """A started workflow."""
        return await self.client.start_workflow(
            workflow, args=arguments, id=f"{workflow}-{uuid4()}", task_queue=self.queue
        )

    async def days(self, count: float) -> None:
        """Let days pass."""
        await self.environment.sleep(timedelta(days=count))


def application(**graphs: Any) -> Orchestrator:
    """An application of these graphs."""
    app = Orchestrator("tests")
    for name, graph in graphs.items():
        app.graph(graph, name=name)
    return app


@contextlib.asynccontextmanager
async def serving(
    app: Orchestrator | None = None, checkpoints: str = "memory://", **graphs: Any
) -> AsyncIterator[Local]:
    """A worker of an application, or of the graphs alone."""
    app = app or application(**graphs)
    settings = Settings(checkpoints=checkpoints, search_attributes=False, drain_seconds=1)
    async with time_skipping() as environment, worker(app, environment.client, settings):
        yield Local(environment.client, app.name, environment)


async def decide(handle: Handle, action: str = "approve", **fields: Any) -> None:
    """Send a Decision as a signal."""
    await handle.signal("decide", {"action": action, "by": "ann", **fields})


async def submit(handle: Handle, action: str = "approve", **fields: Any) -> dict[str, Any]:
    """The Receipt of a Decision sent as an update."""
    receipt: dict[str, Any] = await handle.execute_update("submit_decision", {"action": action, "by": "ann", **fields})
    return receipt


async def refusal(handle: Handle, update: str, payload: Any) -> str:
    """The reason for which an update is refused."""
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await handle.execute_update(update, payload)
    cause = caught.value.cause
    assert isinstance(cause, ApplicationError)
    assert cause.type == "Refused"
    return cause.message


async def failure(handle: Handle) -> ApplicationError:
    """How a workflow failed."""
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    cause = caught.value.cause
    assert isinstance(cause, ApplicationError)
    return cause


async def until(handle: Handle, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The status, as soon as `holds` says so of it.

    Raises:
        AssertionError: It does not within 20 s.
    """
    status: dict[str, Any] = {}
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (status and holds(status)):
                status = await handle.query("status")
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"still not so: {status}, {await handle.query('audit')}") from None
    return status


async def open_tasks(handle: Handle, count: int = 1) -> list[dict[str, Any]]:
    """The open tasks, as soon as there are `count` and no stage runs."""
    await until(handle, lambda status: status["tasks"] == count and status["state"] == "waiting")
    tasks: list[dict[str, Any]] = await handle.query("tasks")
    return tasks


async def open_task(handle: Handle, payload: Any) -> dict[str, Any]:
    """The open task with that payload, as soon as there is one and no stage runs."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            await until(handle, lambda status: status["tasks"] > 0 and status["state"] == "waiting")
            for task in await handle.query("tasks"):
                if task["payload"] == payload:
                    found: dict[str, Any] = task
                    return found


async def output(handle: Handle) -> Any:
    """The output of a GraphRun that ends without further ado."""
    return (await handle.result())["output"]


async def audited(handle: Handle, what: str) -> list[dict[str, Any]]:
    """The lines of the audit trail that tell of `what`."""
    entries: list[dict[str, Any]] = await handle.query("audit")
    return [entry for entry in entries if entry["what"] == what]
