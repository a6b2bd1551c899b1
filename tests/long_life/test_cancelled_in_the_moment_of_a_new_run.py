"""What a signal wakes runs before a cancellation that came with it: a new run must not leave that behind."""

from pathlib import Path

import pytest
from langgraph.types import interrupt
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import CancelledError

from orchestrator.devserver import DevServer
from orchestrator.settings import Settings
from orchestrator.testing import worker
from tests.long_life.conftest import SUGGESTED_AFTER
from tests.long_life.running import asked, latest
from tests.support.graphs import EMPTY, Log
from tests.support.graphs import chain as sequence
from tests.support.local import Local, application


def waits(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


async def test_a_workflow_ends_cancelled(hasty: DevServer, tmp_path: Path) -> None:
    client = await hasty.client()
    app = application(work=sequence(waits))
    app.name = f"tests-{tmp_path.name}"
    settings = Settings(checkpoints=f"sqlite:///{tmp_path}/checkpoints.db", search_attributes=False, drain_seconds=1)
    async with worker(app, client, settings):
        handle = latest(client, await Local(client, app.name).graph("work", EMPTY))
        await asked(handle, "Well?")
    # Nobody works: all of this comes with one workflow task, the first at which a new run is suggested.
    for number in range(SUGGESTED_AFTER):
        await handle.signal("event", {"name": "noise", "payload": number})
    await handle.cancel()
    async with worker(app, client, settings):
        with pytest.raises(WorkflowFailureError) as ended:
            await handle.result()
    assert isinstance(ended.value.cause, CancelledError)
