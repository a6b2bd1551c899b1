"""What is older than the latest thousand entries (here sixty) is put down beside the checkpoints, and comes back."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import Client

from orchestrator.checkpoints.archive import whole
from orchestrator.checkpoints.open import open_store
from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer
from orchestrator.errors import ThreadLost
from orchestrator.trail import broken
from orchestrator.waits import wait_for
from orchestrator.workflow import audit
from tests.long_life.running import chain, latest, serving
from tests.support.graphs import EMPTY, Log
from tests.support.graphs import chain as sequence
from tests.support.local import Handle, application, until

KEPT = 60
SENT = 200


@pytest.fixture(autouse=True)
def _few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "KEPT", KEPT)


def waits(_state: Log) -> Log:
    return {"log": [wait_for("go", timeout=timedelta(days=30))]}


async def refused(handle: Handle, first: int, last: int) -> None:
    """Messages that are refused, and leave a line each; as many at once as the server takes well."""
    for start in range(first, last, 50):
        messages = [
            {"task_id": "gone", "action": "approve", "by": f"eve-{number}"}
            for number in range(start, min(start + 50, last))
        ]
        await asyncio.gather(*(handle.signal("decide", message) for message in messages))


async def recorded(client: Client, handle: Handle, checkpoints: str, count: int) -> list[dict[str, Any]]:
    """The whole trail, once there are so many refusals in it."""
    reader = OrchestratorClient(client, checkpoints=checkpoints)
    async with asyncio.timeout(40):
        while True:
            trail = await reader.trail(handle.id)
            if sum(entry["what"] == "refused" for entry in trail) == count:
                return trail


async def test_the_workflow_keeps_the_latest_and_the_whole_of_it_can_be_read_and_checked(
    hasty: DevServer, checkpoints: str
) -> None:
    client = await hasty.client()
    async with serving(client, application(waits=sequence(waits)), checkpoints) as local:
        handle = latest(client, await local.graph("waits", EMPTY))
        await until(handle, lambda status: bool(status["waits"]))
        await refused(handle, 0, SENT)
        await recorded(client, handle, checkpoints, SENT)
        recent = await handle.query("audit")
        assert len(recent) <= KEPT
        trail = await whole(checkpoints, recent)
        assert [entry["seq"] for entry in trail] == list(range(1, len(trail) + 1))
        assert broken(trail) is None
        assert sorted(entry["by"] for entry in trail if entry["what"] == "refused") == sorted(
            f"eve-{number}" for number in range(SENT)
        )
        async with asyncio.timeout(40):
            while len(await chain(client, handle)) == 1:
                await asyncio.sleep(0.05)
        await handle.signal("event", {"name": "go", "payload": "went"})
        assert (await handle.result())["output"] == {"log": ["went"]}
        again = await OrchestratorClient(client, checkpoints=checkpoints).trail(handle.id)
        assert again[: len(trail)] == trail


async def test_what_was_changed_there_breaks_the_chain_and_what_is_gone_is_said(
    hasty: DevServer, checkpoints: str
) -> None:
    client = await hasty.client()
    async with serving(client, application(waits=sequence(waits)), checkpoints) as local:
        handle = latest(client, await local.graph("waits", EMPTY))
        await refused(handle, 0, 70)
        await recorded(client, handle, checkpoints, 70)
        recent = await handle.query("audit")
        [told] = [entry for entry in recent if entry["what"] == "archived"]
        assert (told["by"], told["detail"]["first"]) == ("orchestrator", 1)
        async with open_store(checkpoints) as store:
            kept = await store.get_value(told["detail"]["ref"]["key"])
            assert kept is not None
            await store.put_value(told["detail"]["ref"]["key"], kept.replace(b"refused", b"decided", 1))
        assert broken(await whole(checkpoints, recent)) is not None
        with pytest.raises(ThreadLost, match="ORCHESTRATOR_CHECKPOINTS"):
            await whole("sqlite:////tmp/another.db", recent)
        await handle.terminate()
