"""What happens: a campaign starts, a worker is killed, everybody replies by habit, and each matter comes to its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.follow_up.campaign import TASK_QUEUE, start_campaign
from demo.follow_up.company import CompanyMail
from demo.follow_up.customers import Customer
from demo.follow_up.sales import Salesperson
from demo.follow_up.site import Site
from demo.follow_up.town import Town
from demo.journal import Journal
from demo.mailroom import Mailroom
from demo.processes import Child, until_up
from demo.screen import Screen
from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer, dev_server, free_port
from orchestrator.rpc import WorkflowFailed

KILL_AFTER = 0.3
"""Of the customers, how many have their first mail by then."""
RESTART_SECONDS = 2
"""How long the other worker is alone."""
GIVE_UP_SECONDS = 100
"""A follow-up that has not ended by then is lost."""
POLL_SECONDS = 0.1


@dataclass
class Ended:
    """What came of a demonstration."""

    results: dict[str, dict[str, Any] | str] = field(default_factory=dict)
    """By workflow id: the workflow's result, or why there is none."""
    started: list[int] = field(default_factory=list)
    """How many each start of the campaign started."""
    forged: int = 0


class Demonstration:
    """Everything running."""

    def __init__(
        self,
        site: Site,
        server: DevServer,
        *,
        client: OrchestratorClient,
        workers: list[Child],
        town: Town,
        screen: Screen,
    ) -> None:
        self.site = site
        self.server = server
        self.client = client
        self.workers = workers
        self.town = town
        self.screen = screen
        self.ended = Ended()

    async def run(self, people: list[Customer]) -> Ended:
        """Every follow-up to its end, or to the moment when it counts as lost."""
        watching = asyncio.create_task(self._watch(len(people)))
        disturbing = asyncio.create_task(self._disturb(people))
        try:
            await self._start(people[: len(people) // 2])
            await self._start(people)  # only those that are missing
            async with asyncio.TaskGroup() as waiting:
                for customer in people:
                    waiting.create_task(self._await_end(customer.case.workflow_id))
            await disturbing
            await self._start(people)  # nobody, though all have ended
        finally:
            watching.cancel()
            disturbing.cancel()
        return self.ended

    async def _start(self, people: list[Customer]) -> None:
        result = await start_campaign(self.client, [customer.case for customer in people])
        self.ended.started.append(len(result.started))
        self.screen.event(f"campaign started: {len(result.started)} new, {len(result.present)} there already")

    async def _await_end(self, workflow_id: str) -> None:
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS):
                self.ended.results[workflow_id] = await self.client.result(workflow_id)
        except TimeoutError:
            self.ended.results[workflow_id] = f"no end after {GIVE_UP_SECONDS} s"
        except WorkflowFailed as error:
            self.ended.results[workflow_id] = str(error)

    async def _watch(self, total: int) -> None:
        while True:
            mails = sum(len(ids) for ids in self.town.sent.values())
            note = f"{len(self.town.mailroom.delivered)} mails out, {mails} in"
            self.screen.status(len(self.ended.results), total, note)
            await asyncio.sleep(POLL_SECONDS)

    # --- what goes wrong ---

    async def _disturb(self, people: list[Customer]) -> None:
        while len(self.town.mailroom.delivered) < KILL_AFTER * len(people):
            await asyncio.sleep(POLL_SECONDS / 10)
        victim = self.workers[0]
        await victim.kill()
        self.screen.event(f"{victim.name} killed (SIGKILL) after {len(self.town.mailroom.delivered)} mails")
        for customer in people:
            if customer.habit == "is silent":
                await self.town.forge(customer)
                self.ended.forged += 1
        await asyncio.sleep(RESTART_SECONDS)
        await victim.start()
        self.screen.event(f"{victim.name} started again")


@asynccontextmanager
async def demonstration(folder: Path, people: list[Customer], screen: Screen) -> AsyncIterator[Demonstration]:
    """Everything started; everything gone when the block ends, however it ends."""
    async with AsyncExitStack() as stack:
        mailroom = Mailroom(Journal(folder / "mail.jsonl"))
        site = Site(folder, serve_port=free_port(), smtp_port=await stack.enter_async_context(mailroom.open()))
        server = await stack.enter_async_context(dev_server(db=folder / "temporal.db"))
        environment = site.environment(server.address)

        async def child(name: str, *arguments: str) -> Child:
            return await stack.enter_async_context(Child(name, ["orchestrator", *arguments], environment, folder))

        serve = await child("serve", "serve", "--port", str(site.serve_port))
        workers = [await child(f"worker-{number}", "worker", "--app", "demo.follow_up.app:app") for number in (1, 2)]
        await until_up(workers, {site.serve_url: serve})
        screen.event(f"two workers, two mail servers, orchestrator serve and Temporal are up; Web UI {server.ui}")
        client = OrchestratorClient(await server.client(), task_queue=TASK_QUEUE, checkpoints=site.checkpoints)
        company = CompanyMail(site.serve_url, site.inbound_secret, site.inbound)
        town = Town(people, mailroom, await stack.enter_async_context(company.open()))
        async with asyncio.TaskGroup() as outside:  # an exception in one of them ends the demonstration
            living = [outside.create_task(town.live()), outside.create_task(Salesperson(client).live())]
            yield Demonstration(site, server, client=client, workers=workers, town=town, screen=screen)
            for life in living:
                life.cancel()
