"""Graphs and workflows that ask, and what they leave behind."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from orchestrator import Orchestrator
from orchestrator.answer import Answer
from orchestrator.converter import DATA_CONVERTER
from orchestrator.devserver import DevServer
from orchestrator.settings import Settings
from orchestrator.testing import worker
from orchestrator.trail import broken, version
from orchestrator.waits import ask
from orchestrator.worker import PASSED_THROUGH
from orchestrator.workflow import GraphRun
from tests.support.graphs import Builder, Log, chain
from tests.support.local import PATIENCE_SECONDS, Handle, Local, until

FIELDS = ("action", "by", "comment", "route")


def said(answer: Answer[Any]) -> dict[str, Any]:
    """An answer as JSON, without what it leaves out."""
    found = {name: getattr(answer, name) for name in FIELDS} | {"values": answer.values}
    found["decisions"] = [f"{one['by']} {one['action']}" for one in answer.decisions]
    return {name: value for name, value in found.items() if value}


def asking(title: str = "Approve?", **details: Any) -> Builder:
    """A graph of one question."""

    def asks(_state: Log) -> Log:
        return {"log": [said(ask(title, **details))]}

    return chain(asks)


def moment(text: str) -> datetime:
    """A moment as the wire has it."""
    return datetime.fromisoformat(text)


async def trail(handle: Handle) -> list[dict[str, Any]]:
    """The audit trail, its chain checked."""
    entries: list[dict[str, Any]] = await handle.query("audit")
    assert broken(entries) is None
    return entries


async def told(handle: Handle, *kinds: str) -> list[tuple[str, str, str | None]]:
    """What happened, who did it and by which way; only what is of these kinds, if there are any."""
    return [
        (entry["what"], entry["by"], entry["via"])
        for entry in await trail(handle)
        if not kinds or entry["what"] in kinds
    ]


async def recorded(handle: Handle, what: str, count: int = 1) -> list[dict[str, Any]]:
    """The lines of the audit trail that tell of `what`, as soon as there are `count`."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = [entry for entry in await trail(handle) if entry["what"] == what]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.02)


async def settled_form(handle: Handle, form: dict[str, Any] | None) -> None:
    """The lines about decisions name the version of the form that people saw."""
    lines = [entry for entry in await trail(handle) if entry["what"] in ("opened", "decided", "expired")]
    assert lines
    assert {entry["form"] for entry in lines} == {version(form)}


async def parked(handle: Handle) -> str:
    """Why the stage is parked, as soon as it is."""
    status = await until(handle, lambda found: found["state"] == "parked")
    return str(status["stages"][0]["error"])


@dataclass(frozen=True)
class Office:
    """A dev server of which the worker comes and goes."""

    local: Local
    app: Orchestrator
    settings: Settings

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """A worker is there."""
        async with worker(self.app, self.local.client, self.settings):
            yield


async def office(server: DevServer, app: Orchestrator, folder: Path, **settings: Any) -> Office:
    """A server without a worker."""
    app.name = f"{app.name}-{uuid4()}"
    given = Settings(checkpoints=f"sqlite:///{folder / 'checkpoints.db'}", drain_seconds=1, **settings)
    return Office(Local(await server.client(), app.name), app, given)


async def fired(handle: Handle, count: int = 1) -> None:
    """Return when so many of the workflow's timers have fired, whether or not anybody works."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            events = (await handle.fetch_history()).events
            if sum(event.event_type == EventType.EVENT_TYPE_TIMER_FIRED for event in events) >= count:
                return
            await asyncio.sleep(0.1)


async def replay(handle: Handle, *workflows: type) -> None:
    """Replay the workflow's history, with neither activities nor keys."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    replayer = Replayer(
        workflows=[GraphRun, *workflows],
        data_converter=DATA_CONVERTER,
        workflow_runner=SandboxedWorkflowRunner(restrictions=restrictions),
    )
    await replayer.replay_workflow(await handle.fetch_history())
