"""What happens: applications come in, a worker is killed, the bureau goes down, and yet each one gets its letter."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from temporalio.client import Client, WorkflowFailureError

from demo.dataset import Record
from demo.evidence import Kill, finished, open_nodes
from demo.mailroom import Mailroom
from demo.people import Applicants, Courier, Underwriter, workflow_id
from demo.processes import Child, until_up
from demo.screen import Screen
from demo.site import Site
from orchestrator.devserver import DevServer, dev_server, free_port

ARRIVAL_SECONDS = 0.15
"""Between two applications."""
KILL_AFTER = 0.25
OUTAGE_AFTER = 0.4
"""Of all applications, how many the bureau has opened an inquiry for by then."""
OUTAGE_SECONDS = 8
RESTART_SECONDS = 2
"""How long the other worker is alone."""
GIVE_UP_SECONDS = 100
"""An application that is not decided by then is lost."""
POLL_SECONDS = 0.1


@dataclass
class Outcome:
    """What came of a demonstration."""

    decisions: dict[str, dict[str, Any] | str] = field(default_factory=dict)
    """By application id: the workflow's result, or why there is none."""
    history_events: list[int] = field(default_factory=list)
    """Temporal's, of each application."""
    kills: list[Kill] = field(default_factory=list)
    outages: int = 0


class Demonstration:
    """Everything running."""

    def __init__(self, site: Site, server: DevServer, client: Client, workers: list[Child], screen: Screen) -> None:
        self.site = site
        self.server = server
        self.client = client
        self.workers = workers
        self.screen = screen
        self.outcome = Outcome()

    async def run(self, records: list[Record]) -> Outcome:
        """Every application to its decision, or to the moment when it counts as lost."""
        watching = asyncio.create_task(self._watch(len(records)))
        disturbing = asyncio.create_task(self._disturb(len(records)))
        try:
            async with asyncio.TaskGroup() as applications:
                for record in records:
                    applications.create_task(self._decide(record))
                    await asyncio.sleep(ARRIVAL_SECONDS)
            if disturbing.done():  # else so few applications came that nothing went wrong meanwhile
                await disturbing
        finally:
            watching.cancel()
            disturbing.cancel()
        return self.outcome

    async def _decide(self, record: Record) -> None:
        handle = await self.client.start_workflow(
            "MortgageUnderwriting",
            record.application().model_dump(mode="json"),
            id=workflow_id(record.application_id),
            task_queue="mortgage",
        )
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS):
                self.outcome.decisions[record.application_id] = await handle.result()
        except TimeoutError:
            self.outcome.decisions[record.application_id] = f"no decision after {GIVE_UP_SECONDS} s"
        except WorkflowFailureError as error:
            self.outcome.decisions[record.application_id] = f"failed: {error.cause}"
        self.outcome.history_events.append(
            (await handle.describe()).raw_description.workflow_execution_info.history_length
        )

    async def _watch(self, total: int) -> None:
        while True:
            ended = sum(line["what"] == "ended" for line in self.site.trace.read())
            self.screen.status(len(self.outcome.decisions), total, f"{ended} nodes run")
            await asyncio.sleep(POLL_SECONDS)

    # --- what goes wrong ---

    async def _disturb(self, total: int) -> None:
        await self._until_inquiries(KILL_AFTER * total)
        await self._kill_a_worker()
        await self._until_inquiries(OUTAGE_AFTER * total)
        async with httpx.AsyncClient(base_url=self.site.bureau_url, trust_env=False) as bureau:
            await bureau.post("/admin/outage", json={"seconds": OUTAGE_SECONDS})
        self.outcome.outages += 1
        self.screen.event(f"the credit bureau is down for {OUTAGE_SECONDS} s")

    async def _until_inquiries(self, count: float) -> None:
        def opened() -> int:
            return sum(line["kind"] == "inquiry" and line["what"] == "done" for line in self.site.ledger.read())

        while opened() < count:
            await asyncio.sleep(POLL_SECONDS)

    async def _kill_a_worker(self) -> None:
        """SIGKILL for the worker that is in the middle of most nodes; a new one some seconds later."""
        while not (running := open_nodes(self.site.trace.read())):
            await asyncio.sleep(POLL_SECONDS)
        victim = max(self.workers, key=lambda worker: len(running.get(worker.pid, ())))
        pid = victim.pid
        await victim.kill()
        self.outcome.kills.append(Kill(pid, finished(self.site.checkpoints)))
        cut_short = open_nodes(self.site.trace.read()).get(pid, [])
        self.screen.event(f"{victim.name} killed (SIGKILL) in the middle of {', '.join(sorted(cut_short))}")
        await asyncio.sleep(RESTART_SECONDS)
        await victim.start()
        self.screen.event(f"{victim.name} started again")


@asynccontextmanager
async def demonstration(folder: Path, screen: Screen) -> AsyncIterator[Demonstration]:
    """Everything started; everything gone when the block ends, however it ends."""
    async with AsyncExitStack() as stack:
        mailroom = Mailroom(Site(folder, 0, 0).mail)
        site = Site(folder, bureau_port=free_port(), smtp_port=await stack.enter_async_context(mailroom.open()))
        server = await stack.enter_async_context(dev_server(db=folder / "temporal.db"))
        environment = site.environment(server.address)
        bureau_arguments = ["demo.bureau", "--port", str(site.bureau_port), "--ledger", str(site.ledger.path)]
        bureau = await stack.enter_async_context(Child("bureau", bureau_arguments, environment, folder))
        workers = [
            await stack.enter_async_context(
                Child(f"worker-{number}", ["orchestrator", "worker", "--app", "demo.app:app"], environment, folder)
            )
            for number in (1, 2)
        ]
        await until_up(workers, {site.bureau_url: bureau})
        screen.event(f"two workers, a credit bureau, a mail server and Temporal are up; Web UI {server.ui}")
        client = await Client.connect(server.address)
        async with asyncio.TaskGroup() as outside:  # an exception in one of them ends the demonstration
            living = [
                outside.create_task(Applicants(client, mailroom).live()),
                outside.create_task(Courier(client, site.bureau_url).live()),
                outside.create_task(Underwriter(client).live()),
            ]
            yield Demonstration(site, server, client, workers, screen)
            for life in living:
                life.cancel()
