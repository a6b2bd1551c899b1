import contextlib
from uuid import uuid4

from orchestrator import Orchestrator
from orchestrator.devserver import DevServer
from orchestrator.settings import Settings
from orchestrator.testing import worker
from tests.support.graphs import EMPTY, chain, says
from tests.support.local import QUICK_RETRIES, application, audited, until
from tests.support.robust_serving import RETRY, ends_cancelled, log_of, on_dev_server, parked

SETTINGS = Settings(checkpoints="memory://", drain_seconds=1)


def application_with_a_graph_on(task_queue: str) -> Orchestrator:
    app = Orchestrator("tests")
    app.graph(chain(says("hello")), name="new", options={"task_queue": task_queue, "retry": QUICK_RETRIES})
    return app


async def test_that_does_not_know_the_graph_parks_its_stage_until_a_newer_one_takes_over(temporal: DevServer) -> None:
    queue = f"older-{uuid4()}"
    older = application(old=chain(says("old")))
    newer = application_with_a_graph_on(queue)
    newer_there = application(new=chain(says("hello")))
    older.name = newer_there.name = queue
    async with on_dev_server(temporal, app=newer) as local:
        async with worker(older, local.client, SETTINGS):
            handle = await local.graph("new", EMPTY)
            error = await parked(handle)
            assert "Activity function new" in error
            assert "is not registered" in error
        async with worker(newer_there, local.client, SETTINGS):
            await handle.execute_update("recover", RETRY)
            assert await log_of(handle) == ["hello"]


async def test_that_does_not_exist_leaves_the_stage_running_and_cancellable(temporal: DevServer) -> None:
    async with on_dev_server(temporal, app=application_with_a_graph_on(f"nowhere-{uuid4()}")) as local:
        handle = await local.graph("new", EMPTY)
        status = await until(handle, lambda status: bool(status["stages"]) and status["stages"][0]["attempt"] == 1)
        assert status["state"] == "running"
        (pending,) = (await handle.describe()).raw_description.pending_activities
        assert pending.activity_type.name == "new"
        await handle.cancel()
        await ends_cancelled(handle)


async def test_that_is_started_later_takes_the_stage(temporal: DevServer) -> None:
    queue = f"later-{uuid4()}"
    later = application(new=chain(says("hello")))
    later.name = queue
    async with contextlib.AsyncExitStack() as stack:
        local = await stack.enter_async_context(on_dev_server(temporal, app=application_with_a_graph_on(queue)))
        handle = await local.graph("new", EMPTY)
        await until(handle, lambda status: bool(status["stages"]) and status["stages"][0]["attempt"] == 1)
        await stack.enter_async_context(worker(later, local.client, SETTINGS))
        assert await log_of(handle) == ["hello"]
        assert await audited(handle, "parked") == []
