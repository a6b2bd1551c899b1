"""The parked stages of many workflows, to be recovered together."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime

from pydantic import Field

from orchestrator import names
from orchestrator.model import Record, Wire
from orchestrator.reader import Reader
from orchestrator.rpc import NotFound, NoWorker

AT_ONCE = 20


class Wanted(Wire):
    """Which parked stages: each that fits all that is said."""

    query: str | None = None
    """A visibility query of Temporal's over the workflows."""
    stage: str | None = None
    failure: str | None = None
    """The failure's type, such as `Outage`; or a part of its message."""
    since: datetime | None = None
    until: datetime | None = None
    """When it was parked."""

    def visibility(self) -> str:
        """The part that the server can answer."""
        asked = [f"ExecutionStatus = 'Running' AND {names.ORCH_STATE} = 'parked'", self.query]
        return " AND ".join(f"({part})" for part in asked if part)


class Parked(Record):
    """One of them."""

    workflow_id: str
    stage: str
    since: datetime | None = None
    error: str | None = None


class Found(Record):
    """All of them, and the workflows of which nobody could tell."""

    parked: list[Parked] = Field(default_factory=list)
    silent: list[str] = Field(default_factory=list)


async def parked_stages(client: Reader, wanted: Wanted) -> Found:
    """The parked stages that fit, the longest parked first.

    Raises:
        Refused: The query makes no sense. *Not retryable.*
    """
    found, silent = list[Parked](), list[str]()
    workflows = iter([info.workflow_id for info in await client.workflows(query=wanted.visibility())])

    async def some() -> None:
        for workflow_id in workflows:
            try:
                found.extend([one async for one in _of(client, workflow_id) if _fits(one, wanted)])
            except NoWorker:
                silent.append(workflow_id)
            except NotFound:  # it has ended meanwhile
                continue

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return Found(parked=sorted(found, key=lambda one: (str(one.since), one.workflow_id)), silent=sorted(silent))


async def _of(client: Reader, workflow_id: str) -> AsyncIterator[Parked]:
    for stage in (await client.status(workflow_id)).stages:
        if stage.state == "parked":
            yield Parked(workflow_id=workflow_id, stage=stage.name, since=stage.since, error=stage.error)


def _fits(one: Parked, wanted: Wanted) -> bool:
    if wanted.stage is not None and one.stage != wanted.stage:
        return False
    if wanted.failure is not None and wanted.failure not in (one.error or ""):
        return False
    if one.since is None:
        return wanted.since is None and wanted.until is None
    return (wanted.since is None or one.since >= wanted.since) and (wanted.until is None or one.since < wanted.until)
