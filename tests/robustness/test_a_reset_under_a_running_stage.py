import asyncio
from typing import Any

from langgraph.types import interrupt
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

from orchestrator.devserver import DevServer
from orchestrator.workflow import Process
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.local import application, decide, open_tasks, until
from tests.support.resets import before_signal, reset
from tests.support.robust_gate import Gate
from tests.support.robust_rows import checkpoint_ids
from tests.support.robust_serving import log_of, on_dev_server, reached, result


async def last_workflow_task(handle: WorkflowHandle[Any, Any]) -> int:
    """The workflow task that was completed last."""
    completed = 0
    async for event in handle.fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            completed = event.event_id
    return completed


class Twice(Gate):
    """A gate that only the first who comes by finds closed."""

    async def passed(self) -> str:
        if self.begun:
            self.begun += 1
            return self.word
        return await super().passed()


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


async def test_after_an_answer_goes_on_from_the_answer_and_the_old_attempt_writes_nothing_more(
    temporal: DevServer, checkpoints: str
) -> None:
    gate = Twice()
    graph = chain(says("before"), asks, gate.gated, says("after"))
    async with on_dev_server(temporal, checkpoints, work=graph) as local:
        handle = await local.graph("work", EMPTY)
        await open_tasks(handle)
        await decide(handle, values="yes")
        await reached(gate.entered)
        old_thread = (await handle.query("status"))["stages"][0]["thread_id"]

        again = await reset(local.client, handle, await last_workflow_task(handle))
        assert await log_of(again) == ["before", "yes", "gated", "after"]
        await reached(gate.told)
        new_thread = (await result(again))["thread_id"]
    assert gate.finished == 0, "the old run's node was cancelled"
    assert gate.begun == 2
    assert new_thread != old_thread
    old, new = checkpoint_ids(checkpoints, old_thread), checkpoint_ids(checkpoints, new_thread)
    assert len(new) == len(set(new)) == 6  # the input, the start, four nodes
    assert len(old) == 4, "the old run's thread ends where the new one's branched"
    assert old[:3] == new[:3], "they share what the history knows: the wait"
    assert old[3] != new[3]


@workflow.defn
class Beside(Process):
    """A stage, and a question of the workflow's own."""

    @workflow.run
    async def run(self) -> list[Any]:
        log, answer = await asyncio.gather(self.run_graph("work", EMPTY), self.ask("Well?"))
        return [*log["log"], answer.values]


async def test_that_was_in_flight_at_the_point_of_the_reset_runs_it_right_in_the_new_run(
    temporal: DevServer, checkpoints: str
) -> None:
    gate = Twice()
    app = application(work=chain(says("before"), gate.gated, says("after")))
    app.workflow(Beside)
    async with on_dev_server(temporal, checkpoints, app) as local:
        handle = await local.start("Beside")
        await reached(gate.entered)
        old_thread = (await handle.query("status"))["stages"][0]["thread_id"]
        await decide(handle, values="A")
        await until(handle, lambda status: status["tasks"] == 0)

        again = await reset(local.client, handle, await before_signal(handle))
        await decide(again, values="B")
        assert await result(again) == ["before", "gated", "after", "B"]
        await reached(gate.told)
        new_thread = (await again.query("status"))["stages"][0]["thread_id"]
    assert gate.finished == 0
    assert new_thread != old_thread
    assert len(checkpoint_ids(checkpoints, new_thread)) == 5  # the input, the start, three nodes
    assert len(checkpoint_ids(checkpoints, old_thread)) == 3
