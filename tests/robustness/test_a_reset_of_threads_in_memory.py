import pytest
from langgraph.types import interrupt
from temporalio.client import WorkflowFailureError

from orchestrator.devserver import DevServer
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.local import decide, open_tasks
from tests.support.resets import before_signal, reset
from tests.support.robust_serving import ABORT, log_of, on_dev_server, parked, result

FIRST_WORKFLOW_TASK = 4


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


GRAPH = chain(says("before"), asks)


async def test_to_a_wait_parks_the_stage_and_says_what_can_be_done(temporal: DevServer) -> None:
    async with on_dev_server(temporal, "memory://", work=GRAPH) as local:
        handle = await local.graph("work", EMPTY)
        await open_tasks(handle)
        await decide(handle, values="A")
        await result(handle)
        again = await reset(local.client, handle, await before_signal(handle))
        await open_tasks(again)
        await decide(again, values="B")
        error = await parked(again)
        assert error.startswith("ThreadLost: ")
        assert "cannot be copied for a reset" in error
        assert "sqlite:// or postgresql:// checkpointer can" in error
        await again.execute_update("recover", ABORT)
        with pytest.raises(WorkflowFailureError):
            await result(again)


async def test_to_the_start_of_the_stage_runs_it_in_a_new_thread(temporal: DevServer) -> None:
    async with on_dev_server(temporal, "memory://", work=GRAPH) as local:
        handle = await local.graph("work", EMPTY)
        await open_tasks(handle)
        await decide(handle, values="A")
        await result(handle)
        again = await reset(local.client, handle, FIRST_WORKFLOW_TASK)
        await open_tasks(again)
        await decide(again, values="B")
        assert await log_of(again) == ["before", "B"]
