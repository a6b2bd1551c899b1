"""What happens: a question is researched, a worker is killed while it reads, and another one goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from activities.research_corpus import Corpus
from activities.research_notebook import LibraryNotebook
from demo.processes import Child, until_up
from demo.research.evidence import Kill
from demo.research.people import People
from demo.research.site import Site
from demo.screen import Screen
from graphs.research_dossier import ResearchRequest
from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer, dev_server

WORKFLOW_ID = "deep-research"
KILL_AFTER_READS = 4
RESTART_SECONDS = 2
"""How long the other worker is alone."""
POLL_SECONDS = 0.05


@dataclass
class Ended:
    """What came of a demonstration."""

    report: dict[str, Any] = field(default_factory=dict)
    kills: list[Kill] = field(default_factory=list)


class Demonstration:
    """Everything running."""

    def __init__(
        self, site: Site, server: DevServer, client: OrchestratorClient, workers: list[Child], screen: Screen
    ) -> None:
        self.site = site
        self.server = server
        self.client = client
        self.workers = workers
        self.screen = screen
        self.ended = Ended()

    async def run(self, request: ResearchRequest, *, typed: bool) -> Ended:
        """The question, to its report.

        Raises:
            WorkflowFailed: There is none.
        """
        await self.client.start_workflow("DeepResearch", request.model_dump(mode="json"), id=WORKFLOW_ID)
        people = People(self.client, self.screen, typed=typed)
        others = [asyncio.create_task(people.live(WORKFLOW_ID)), asyncio.create_task(self._watch())]
        disturbing = asyncio.create_task(self._disturb())
        try:
            self.ended.report = await self.client.result(WORKFLOW_ID)
        finally:
            for task in (*others, disturbing):
                task.cancel()
        return self.ended

    async def _watch(self) -> None:
        """Say how far the fan-out is whenever it has got further."""
        told = (0, 0)
        while True:
            done = [line["asked"] for line in self.site.trace.read() if line["what"] == "ended"]
            searches = sum(asked.startswith("search ") for asked in done)
            if told != (now := (searches, len(done) - searches)):
                told = now
                self.screen.event(f"{now[0]} questions searched, {now[1]} passages read")
            await asyncio.sleep(0.4)

    async def _disturb(self) -> None:
        """SIGKILL for the worker that reads, in the middle of several passages; a new one some seconds later."""
        while True:
            trace = self.site.trace.read()
            done = {line["asked"] for line in trace if line["what"] == "ended"}
            under_way = [line for line in trace if line["what"] == "begun" and line["asked"] not in done]
            read = sum(asked.startswith("read ") for asked in done)
            if read >= KILL_AFTER_READS and under_way and under_way[0]["asked"].startswith("read "):
                break
            await asyncio.sleep(POLL_SECONDS)
        victim = next(worker for worker in self.workers if worker.pid == under_way[0]["pid"])
        pid = victim.pid
        await victim.kill()
        noted = frozenset(LibraryNotebook(Corpus(), self.site.notebook).notes())
        self.ended.kills.append(Kill(pid, noted))
        self.screen.event(f"{victim.name} killed (SIGKILL) in the middle of {len(under_way)} passages")
        await asyncio.sleep(RESTART_SECONDS)
        await victim.start()
        self.screen.event(f"{victim.name} started again")


@asynccontextmanager
async def demonstration(folder: Path, screen: Screen) -> AsyncIterator[Demonstration]:
    """Everything started; everything gone when the block ends, however it ends."""
    site = Site(folder)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(dev_server(db=folder / "temporal.db"))
        environment = site.environment(server.address)
        arguments = ["orchestrator", "worker", "--app", "demo.research.app:app"]
        workers = [
            await stack.enter_async_context(Child(f"worker-{number}", arguments, environment, folder))
            for number in (1, 2)
        ]
        await until_up(workers)
        screen.event(f"two workers and Temporal are up; Web UI {server.ui}")
        client = OrchestratorClient(await server.client(), task_queue="research", checkpoints=site.checkpoints)
        yield Demonstration(site, server, client, workers, screen)
