"""Two versions of one application, at work at the same time, and the command that says which of them is current."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

from orchestrator import Orchestrator
from orchestrator.devserver import DevServer, find_cli
from orchestrator.settings import Settings
from orchestrator.testing import worker
from orchestrator.workflow import Process
from tests.support.graphs import Log, chain, says
from tests.support.local import Handle, Local

PATIENCE_SECONDS = 30


@workflow.defn
class Rounds(Process):
    """Waits for an event again and again; each round is one more word of whoever runs it."""

    @workflow.run
    async def run(self, words: list[str]) -> list[str]:
        while (await self.wait_for("round")) != "last":
            words = [*words, *(await self.run_graph("work", {"log": []}))["log"]]
            await self.checkpoint(words)
        return words


@dataclass(frozen=True)
class Fleet:
    """One deployment, its versions and their workflows."""

    client: Client
    address: str
    name: str
    checkpoints: str

    @classmethod
    async def of(cls, server: DevServer, checkpoints: str) -> "Fleet":
        return cls(await server.client(), server.address, f"fleet-{uuid4().hex[:8]}", checkpoints)

    def version(self, build_id: str, asks: Any = None) -> AbstractAsyncContextManager[Worker]:
        """A worker of that version; it says so in what it writes."""
        app = Orchestrator(self.name)
        app.graph(chain(*([asks] if asks else []), says(build_id)), name="work")
        app.workflow(Rounds)
        settings = Settings(
            checkpoints=self.checkpoints,
            drain_seconds=1,
            ORCHESTRATOR_DEPLOYMENT=self.name,
            ORCHESTRATOR_BUILD_ID=build_id,
        )
        return worker(app, self.client, settings)

    async def make_current(self, build_id: str) -> None:
        await self._until_done("set-current-version", "--build-id", build_id)

    async def ramp(self, build_id: str, percent: int) -> None:
        await self._until_done("set-ramping-version", "--build-id", build_id, "--percentage", str(percent))

    async def follow(self, handle: Handle) -> None:
        """Take a workflow's pin away: from then on it runs on the current version."""
        options = ("--workflow-id", handle.id, "--versioning-override-behavior", "auto_upgrade")
        process = await asyncio.create_subprocess_exec(
            find_cli(), "workflow", "update-options", *options, "--address", self.address,
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        assert await process.wait() == 0

    async def start(self, workflow_type: str, *arguments: Any) -> Handle:
        handle = await Local(self.client, self.name).start(workflow_type, *arguments)
        return self.client.get_workflow_handle(handle.id)  # whichever run is the latest

    async def _until_done(self, *arguments: str) -> None:
        """A command that is refused until the server has seen the version's workers."""
        where = ("--deployment-name", self.name, "--yes", "--address", self.address)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                process = await asyncio.create_subprocess_exec(
                    find_cli(), "worker", "deployment", *arguments, *where, stdout=asyncio.subprocess.DEVNULL,
                    stderr=asyncio.subprocess.DEVNULL,
                )  # fmt: skip
                if await process.wait() == 0:
                    return
                await asyncio.sleep(0.1)


def asks_first(_state: Log) -> Log:
    """A question before the version says its name."""
    from langgraph.types import interrupt

    return {"log": [interrupt("Well?")]}
