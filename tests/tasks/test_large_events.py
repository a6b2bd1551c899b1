from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow

from orchestrator.waits import wait_for
from orchestrator.workflow import Process
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import Handle, application, audited, output, refusal, serving, until
from tests.tasks.values import LONG, kept


def waits(_state: Log) -> Log:
    return {"log": [len(wait_for("letter")["text"])]}


@workflow.defn
class Waits(Process):
    @workflow.run
    async def run(self) -> Any:
        return (await self.wait_for("letter")).key


async def waiting(handle: Handle) -> None:
    await until(handle, lambda status: bool(status["waits"]))


@pytest.mark.parametrize("early", [True, False])
async def test_reach_a_node_as_if_they_had_come_whole(checkpoints: str, early: bool) -> None:
    async with serving(checkpoints=checkpoints, wait=chain(waits)) as local:
        handle = await local.graph("wait", EMPTY)
        if not early:
            await waiting(handle)
        event = {"name": "letter", "payload_ref": await kept(checkpoints, handle.id, {"text": LONG})}
        await handle.signal("event", event)
        assert await output(handle) == {"log": [len(LONG)]}


async def test_that_come_whole_and_leave_no_room_for_anything_else_are_refused(checkpoints: str) -> None:
    async with serving(checkpoints=checkpoints, wait=chain(waits)) as local:
        handle = await local.graph("wait", EMPTY)
        await waiting(handle)
        await handle.signal("event", {"name": "letter", "payload": {"text": LONG * 7}})
        assert "send payload_ref, as our client does" in (await audited(handle, "refused"))[0]["detail"]
        await handle.signal("decide", {"action": "edit", "by": "ann", "values": LONG * 7})
        assert "send values_ref" in (await audited(handle, "refused"))[1]["detail"]
        await handle.signal("event", {"name": "letter", "payload": {"text": LONG * 3}})
        assert await output(handle) == {"log": [len(LONG) * 3]}


async def test_reach_a_workflow_as_a_reference(checkpoints: str) -> None:
    app = application()
    app.workflow(Waits)
    async with serving(app, checkpoints) as local:
        handle = await local.start("Waits")
        ref = await kept(checkpoints, handle.id, {"text": LONG})
        await handle.execute_update("submit_event", {"name": "letter", "payload_ref": ref})
        assert await handle.result() == ref["key"]


@pytest.mark.parametrize("owner", ["another's", "lost"])
async def test_of_another_workflow_or_that_are_lost_are_refused(tmp_path: Path, owner: str) -> None:
    checkpoints = f"sqlite:///{tmp_path / 'checkpoints.db'}"
    async with serving(checkpoints=checkpoints, wait=chain(waits)) as local:
        handle = await local.graph("wait", EMPTY)
        await waiting(handle)
        ref = await kept(checkpoints, "another", {"text": LONG})
        if owner == "lost":
            ref["key"] = f"{handle.id}/lost"
        reason = await refusal(handle, "submit_event", {"name": "letter", "payload_ref": ref})
        assert "no longer has" in reason or "not this workflow's" in reason
