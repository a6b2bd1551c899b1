"""An application in which everything happens that a metric counts, served with metrics on."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.client import Client

from orchestrator import Orchestrator
from orchestrator.calls import Notice, NoticeEvent
from orchestrator.converter import DATA_CONVERTER
from orchestrator.devserver import DevServer, free_port
from orchestrator.notify.channel import Channel, Recipient
from orchestrator.notify.errors import AddressRefused
from orchestrator.settings import Settings
from orchestrator.telemetry.prometheus import metrics_runtime
from orchestrator.testing import worker
from orchestrator.waits import ask, sleep
from tests.support.graphs import Log, chain, says
from tests.support.local import QUICK_RETRIES, Local, decide, open_tasks, until
from tests.telemetry.scraped import Scraped


class Pager(Channel):
    """Reaches everybody but Eve."""

    name = "pager"
    events: frozenset[NoticeEvent] = frozenset({"opened"})

    async def recipients(self, notice: Notice) -> list[Recipient]:
        return [Recipient(name, name) for name in notice.to]

    async def send(self, notice: Notice, recipient: Recipient, key: str) -> None:  # noqa: ARG002
        if recipient.address == "eve":
            raise AddressRefused("no such pager")


def approves(_state: Log) -> Log:
    """Asks Ann and Eve, and is overdue at once."""
    return {"log": [ask("Treat?", assignees=["ann", "eve"], due=timedelta(milliseconds=1)).action]}


def naps(_state: Log) -> Log:
    """Waits for a timer."""
    sleep(timedelta(milliseconds=10))
    return {"log": ["slept"]}


def has_a_bug(_state: Log) -> Log:
    """Fails for good."""
    raise TypeError("bug")


def fails_once() -> Callable[[Log], Log]:
    """A node whose first attempt fails."""
    attempts: list[str] = []

    def flaky(_state: Log) -> Log:
        attempts.append("attempt")
        if len(attempts) == 1:
            raise RuntimeError("not yet")
        return {"log": ["flaky"]}

    return flaky


@dataclass(frozen=True)
class Clinic(Local):
    """A worker with metrics."""

    bind: str = ""

    async def scraped(self) -> Scraped:
        """What it answers to Prometheus now."""
        return await Scraped.at(self.bind)

    async def a_day(self) -> None:
        """Everything happens: a question is answered late, a timer passes, a retry helps, and a stage parks."""
        handle = await self.graph("approval", {"log": []})
        await open_tasks(handle)
        await until(handle, lambda status: status["tasks"] == 1)
        await _audited(handle, "overdue")
        await decide(handle)
        await handle.result()
        await (await self.graph("nap", {"log": []})).result()
        await (await self.graph("flaky", {"log": []}, options={"retry": QUICK_RETRIES})).result()
        bug = await self.graph("bug", {"log": []})
        await until(bug, lambda status: status["state"] == "parked")


async def _audited(handle: Any, what: str) -> None:
    await until(handle, lambda _status: True)
    while what not in {entry["what"] for entry in await handle.query("audit")}:
        await until(handle, lambda _status: True)


@contextlib.asynccontextmanager
async def clinic(temporal: DevServer, folder: Path) -> AsyncIterator[Clinic]:
    """A clinic on a real server."""
    bind = f"127.0.0.1:{free_port()}"
    settings = Settings(
        checkpoints=f"sqlite:///{folder / 'checkpoints.db'}",
        drain_seconds=1,
        metrics_bind=bind,
        metrics_count_seconds=0.1,
    )
    client = await Client.connect(temporal.address, data_converter=DATA_CONVERTER, runtime=metrics_runtime(settings))
    app = Orchestrator(f"clinic-{uuid4().hex[:8]}")
    app.graph(chain(approves), name="approval")
    app.graph(chain(naps), name="nap")
    app.graph(chain(says("begins"), fails_once()), name="flaky")
    app.graph(chain(has_a_bug), name="bug")
    app.notify(Pager())
    async with worker(app, client, settings):
        yield Clinic(client, app.name, bind=bind)
