from langgraph.types import interrupt
from temporalio.common import WorkflowIDConflictPolicy

from orchestrator.devserver import DevServer
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.local import Handle, Local, decide, open_tasks
from tests.support.robust_serving import log_of, on_dev_server, result


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


GRAPH = chain(says("before"), asks)


async def started(local: Local) -> Handle:
    return await local.client.start_workflow(
        "GraphRun",
        {"graph": "work", "input": EMPTY},
        id=local.queue,
        task_queue=local.queue,
        id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
    )


async def test_begins_a_new_thread_when_the_first_run_has_ended(temporal: DevServer, checkpoints: str) -> None:
    async with on_dev_server(temporal, checkpoints, work=GRAPH) as local:
        threads = []
        for value in ("A", "B"):
            handle = await started(local)
            await open_tasks(handle)
            await decide(handle, values=value)
            assert await log_of(handle) == ["before", value]
            threads.append((await result(handle))["thread_id"])
    assert len(set(threads)) == 2


async def test_begins_a_new_thread_when_it_replaces_a_run_that_waits(temporal: DevServer, checkpoints: str) -> None:
    async with on_dev_server(temporal, checkpoints, work=GRAPH) as local:
        waiting = await started(local)
        await open_tasks(waiting)
        handle = await started(local)
        await open_tasks(handle)
        await decide(handle, values="B")
        assert await log_of(handle) == ["before", "B"]
