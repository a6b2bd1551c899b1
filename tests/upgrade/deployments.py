"""One application before and after a deploy."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import uuid4

from temporalio.client import Client

from orchestrator import Orchestrator
from orchestrator.client import OrchestratorClient
from orchestrator.settings import Settings
from orchestrator.testing import worker
from orchestrator.versions.compat import standings
from tests.support.graphs import Builder
from tests.support.local import PATIENCE_SECONDS, Handle, Local, application, decide, open_tasks


class Deployments:
    """Several versions of an application's graphs, on one task queue and over the same threads."""

    def __init__(self, client: Client, checkpoints: str) -> None:
        self.client = client
        self.settings = Settings(checkpoints=checkpoints, drain_seconds=1)
        self.local = Local(client, f"upgrade-{uuid4()}")

    def application(self, graphs: Mapping[str, Builder]) -> Orchestrator:
        """The application of these graphs, by name."""
        app = application(**graphs)
        app.name = self.local.queue
        return app

    def version(self, graphs: Mapping[str, Builder]) -> AbstractAsyncContextManager[Any]:
        """A worker of that version, until it is shut down."""
        return worker(self.application(graphs), self.client, self.settings)

    async def run(self, before: Builder, after: Builder, value: Any, then: Callable[[Handle], Awaitable[None]]) -> None:
        """Start with one version, and answer its question when the other has taken its place."""
        async with self.version({"work": before}):
            handle = await self.local.graph("work", value)
            await open_tasks(handle)
        async with self.version({"work": after}):
            await decide(handle, values="yes")
            await then(handle)

    async def checked(self, graphs: Mapping[str, Builder]) -> dict[str, tuple[str, str]]:
        """What `check-compat` says of that version: of each graph's thread, the verdict and why."""
        app, reader = self.application(graphs), OrchestratorClient(self.client)
        found: dict[str, tuple[str, str]] = {}
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(found) < len(graphs):  # the server's list is a moment behind
                everything = standings(app, self.settings, reader, app.name)
                found = {one.graph: (one.verdict, one.detail) async for one in everything if one.graph}
        return found
