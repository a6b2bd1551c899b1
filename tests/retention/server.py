"""Threads of an application on the dev server, and what the retention does to them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.service import RPCError

from orchestrator import Orchestrator
from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.checkpoints.upkeep import Upkeep, upkeep
from orchestrator.devserver import DevServer
from orchestrator.retention import Sweep, Wanted
from orchestrator.retention_report import Report
from orchestrator.settings import Settings
from orchestrator.testing import worker
from tests.support.local import Handle
from tests.support.stores import stores

AT_ONCE = timedelta(0)


@dataclass(frozen=True)
class Kept:
    """A worker of an application, and its checkpointer."""

    app: Orchestrator
    client: Client
    store: CheckpointStore

    @property
    def upkeep(self) -> Upkeep:
        return upkeep(self.store)

    async def sweep(self, *, otherwise: timedelta | None = None, **wanted: Any) -> Report:
        """One run of the retention; orphans may be of this second."""
        asked = Wanted(**{"older_than": AT_ONCE, **wanted})
        return await Sweep(self.app, [self.store], self.client, asked, otherwise=otherwise).run()

    async def start(self, graph: str, value: Any, workflow_id: str | None = None, **more: Any) -> Handle:
        """A started GraphRun."""
        request = {"graph": graph, "input": value, **more}
        name = workflow_id or f"w-{uuid4().hex[:10]}"
        return await self.client.start_workflow("GraphRun", request, id=name, task_queue=self.app.name)

    async def finished(self, graph: str, value: Any) -> Handle:
        """One that has ended, and that Temporal no longer knows."""
        handle = await self.start(graph, value)
        await handle.result()
        await self.forget(handle)
        return handle

    async def forget(self, handle: Handle) -> None:
        """Have Temporal delete a workflow, as it does when the namespace's retention is over."""
        await self.client.workflow_service.delete_workflow_execution(
            DeleteWorkflowExecutionRequest(
                namespace=self.client.namespace, workflow_execution=WorkflowExecution(workflow_id=handle.id)
            )
        )
        with contextlib.suppress(RPCError):
            while True:
                await handle.describe()
                await asyncio.sleep(0.05)

    async def threads(self) -> list[str]:
        """The workflows that have threads."""
        return [row.workflow_id or "" for row in await self.upkeep.threads("", 1000)]


@contextlib.asynccontextmanager
async def keeping(temporal: DevServer, checkpoints: str, app: Orchestrator) -> AsyncIterator[Kept]:
    """Serve an application."""
    app.name = f"tests-{uuid4().hex[:8]}"
    client = await temporal.client()
    settings = Settings(checkpoints=checkpoints, search_attributes=False, drain_seconds=1)
    async with stores(checkpoints) as [store], worker(app, client, settings):
        yield Kept(app, client, store)


def application(graph: Any, **kept: Any) -> Orchestrator:
    """An application of one graph, `work`; by default its threads go at once."""
    app = Orchestrator("tests")
    app.graph(graph, name="work", **{"retention": AT_ONCE, **kept})
    return app
