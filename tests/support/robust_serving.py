"""A worker in the test's own process, on the dev server: it has real time, resets and a database under it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import CancelledError

from orchestrator import Orchestrator
from orchestrator.devserver import DevServer
from orchestrator.settings import Settings
from orchestrator.testing import worker
from tests.support.local import Handle, Local, application, until

LIMIT_SECONDS = 20

RETRY = {"action": "retry", "by": "op", "reason": "mended"}
ABORT = {"action": "abort", "by": "op", "reason": "hopeless"}


@contextlib.asynccontextmanager
async def on_dev_server(
    server: DevServer, checkpoints: str = "memory://", app: Orchestrator | None = None, **graphs: Any
) -> AsyncIterator[Local]:
    """A worker of an application, or of the graphs alone, on a task queue of its own."""
    app = app or application(**graphs)
    app.name = f"{app.name}-{uuid4()}"
    client = await server.client()
    async with worker(app, client, Settings(checkpoints=checkpoints, drain_seconds=1)):
        yield Local(client, app.name)


async def result(handle: Handle) -> Any:
    """The result of a workflow that ends within 20 s."""
    return await asyncio.wait_for(handle.result(), LIMIT_SECONDS)


async def log_of(handle: Handle) -> list[Any]:
    """What the nodes of a GraphRun wrote down."""
    log: list[Any] = (await result(handle))["output"]["log"]
    return log


async def parked(handle: Handle) -> str:
    """Why the only stage is parked, as soon as it is.

    Raises:
        AssertionError: The workflow has ended, or the stage is not parked within 20 s.
    """
    status = await until(handle, lambda status: status["state"] in ("parked", "completed", "failed", "cancelled"))
    assert status["state"] == "parked", status
    error: str = status["stages"][0]["error"]
    return error


async def after_turn(handle: Handle, turn: int) -> dict[str, Any]:
    """The only stage as that turn has left it."""
    status = await until(
        handle,
        lambda status: any(stage["attempt"] == turn and stage["state"] != "running" for stage in status["stages"][:1]),
    )
    stage: dict[str, Any] = status["stages"][0]
    return stage


async def until_failed(handle: Handle, attempts: int = 1) -> str:
    """The failure type of the pending activity, once that many of its attempts have failed."""
    async with asyncio.timeout(LIMIT_SECONDS):
        while True:
            for pending in (await handle.describe()).raw_description.pending_activities:
                if pending.attempt > attempts and pending.HasField("last_failure"):
                    return str(pending.last_failure.application_failure_info.type)
            await asyncio.sleep(0.05)


async def ends_cancelled(handle: Handle) -> None:
    """Return once the workflow has ended, and ended cancelled.

    Raises:
        AssertionError: It ended in another way.
        TimeoutError: It has not ended within 20 s.
    """
    with pytest.raises(WorkflowFailureError) as caught:
        await result(handle)
    assert isinstance(caught.value.cause, CancelledError)
    assert (await handle.describe()).status == WorkflowExecutionStatus.CANCELED


async def reached(event: asyncio.Event) -> None:
    """Return once it has happened.

    Raises:
        TimeoutError: It has not within 20 s.
    """
    await asyncio.wait_for(event.wait(), LIMIT_SECONDS)
