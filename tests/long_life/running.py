"""Workflows over several runs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

from temporalio.client import Client

from orchestrator import Orchestrator
from orchestrator.settings import Settings
from orchestrator.testing import worker
from tests.support.local import Handle, Local


@contextlib.asynccontextmanager
async def serving(client: Client, app: Orchestrator, checkpoints: str = "memory://") -> AsyncIterator[Local]:
    """A worker of an application against a dev server, on a task queue of its own."""
    app.name = f"tests-{uuid4().hex[:8]}"
    async with worker(app, client, Settings(checkpoints=checkpoints, drain_seconds=1)):
        yield Local(client, app.name)


def latest(client: Client, handle: Handle) -> Handle:
    """The workflow, whichever run is the latest."""
    return client.get_workflow_handle(handle.id)


async def chain(client: Client, handle: Handle) -> list[str]:
    """The run ids of a workflow, the latest first, as the chain of their first events tells."""
    found: list[str] = []
    run_id = (await latest(client, handle).describe()).run_id
    while run_id:
        found.append(run_id)
        history = await client.get_workflow_handle(handle.id, run_id=run_id).fetch_history()
        run_id = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return found


async def signal_until_continued(client: Client, handle: Handle, name: str, runs: int = 2) -> list[int]:
    """Send events of that name, numbered, until the workflow is in its so-manieth run. The numbers that were sent."""
    sent: list[int] = []
    async with asyncio.timeout(40):
        while len(await chain(client, handle)) < runs:
            await latest(client, handle).signal("event", {"name": name, "payload": len(sent)})
            await latest(client, handle).query("status")  # so that each has a workflow task of its own
            sent.append(len(sent))
    return sent


async def asked(handle: Handle, title: str) -> dict[str, Any]:
    """The open task of that title, as soon as there is one."""
    async with asyncio.timeout(20):
        while True:
            tasks: list[dict[str, Any]] = await handle.query("tasks")
            for task in tasks:
                if task["title"] == title:
                    return task
            await asyncio.sleep(0.02)
