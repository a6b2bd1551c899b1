import asyncio
from pathlib import Path
from typing import Any

import pytest
from langgraph.runtime import Runtime
from temporalio import workflow

from orchestrator.client import OrchestratorClient
from orchestrator.errors import Refused
from orchestrator.history.stages import past_of
from orchestrator.options import Options
from orchestrator.rpc import NotFound
from orchestrator.waits import ask
from orchestrator.wire import Decision
from orchestrator.workflow import Process
from tests.recovery.parking import parked
from tests.recovery.test_rewind import history, marks
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.local import Local, application, failure, open_tasks, output, refusal, serving

SQLITE = pytest.mark.parametrize("checkpoints", ["sqlite"], indirect=True)
"""What does not depend on the database."""


@workflow.defn
class Serves(Process):
    """Runs two graphs, the first one in a way of its own."""

    @workflow.run
    async def run(self) -> Any:
        given = Options(recursion_limit=7)
        await self.run_graph("work", EMPTY, context={"tenant": "acme"}, options=given)
        return await self.run_graph("other", EMPTY)


def client_of(local: Local, checkpoints: str) -> OrchestratorClient:
    return OrchestratorClient(local.client, task_queue=local.queue, checkpoints=checkpoints)


async def test_a_finished_stage_goes_on_from_a_checkpoint_in_a_new_workflow_and_the_old_one_stays(
    tmp_path: Path, checkpoints: str
) -> None:
    graph = chain(marks(tmp_path, "one"), marks(tmp_path, "two"), marks(tmp_path, "three"))
    async with serving(checkpoints=checkpoints, work=graph) as local:
        handle = await local.graph("work", EMPTY)
        before = await handle.result()
        steps = await history(checkpoints, before["thread_id"])
        run = await client_of(local, checkpoints).fork(handle.id, checkpoint_id=steps[1], values={"log": ["amended"]})
        after = await local.client.get_workflow_handle(run.workflow_id).result()
        assert after["output"] == {"log": ["amended", "two", "three"]}
        assert after["thread_id"] != before["thread_id"]
        assert {name: (tmp_path / name).read_text() for name in ("one", "two", "three")} == {
            "one": "x",
            "two": "xx",
            "three": "xx",
        }
        assert await history(checkpoints, before["thread_id"]) == steps


async def test_a_parked_stage_is_forked_from_where_it_stands(tmp_path: Path, checkpoints: str) -> None:
    def breaks(_state: Log) -> Log:
        if not (tmp_path / "mended").exists():
            raise KeyError("not yet")
        return {"log": ["mended"]}

    async with serving(checkpoints=checkpoints, work=chain(marks(tmp_path, "one"), breaks)) as local:
        handle = await local.graph("work", EMPTY)
        await parked(handle)
        (tmp_path / "mended").touch()
        run = await client_of(local, checkpoints).fork(handle.id)
        assert await output(local.client.get_workflow_handle(run.workflow_id)) == {"log": ["one", "mended"]}
        assert (tmp_path / "one").read_text() == "x"


async def test_a_stage_that_runs_its_first_turn_is_forked_from_where_its_thread_stands(
    tmp_path: Path, checkpoints: str
) -> None:
    entered, go_on = asyncio.Queue[None](), asyncio.Event()

    async def holds(_state: Log) -> Log:
        entered.put_nowait(None)
        await go_on.wait()
        return {"log": ["held"]}

    async with serving(checkpoints=checkpoints, work=chain(marks(tmp_path, "one"), holds)) as local:
        handle = await local.graph("work", EMPTY)
        await entered.get()
        run = await client_of(local, checkpoints).fork(handle.id, by="eve")
        await entered.get()
        go_on.set()
        fork = local.client.get_workflow_handle(run.workflow_id)
        assert await output(fork) == await output(handle) == {"log": ["one", "held"]}
        assert (tmp_path / "one").read_text() == "x"


@SQLITE
async def test_context_and_options_are_the_originals_unless_others_are_given(checkpoints: str) -> None:
    def shows(_state: Log, runtime: Runtime[Any]) -> Log:
        return {"log": [runtime.context["tenant"]]}

    async with serving(checkpoints=checkpoints, work=chain(shows, context=dict)) as local:
        handle = await local.graph("work", EMPTY, context={"tenant": "acme"}, options={"recursion_limit": 7})
        steps = await history(checkpoints, (await handle.result())["thread_id"])
        client = client_of(local, checkpoints)
        over = Options(durability="async")
        same = await client.fork(handle.id, checkpoint_id=steps[0])
        assert await output(local.client.get_workflow_handle(same.workflow_id)) == {"log": ["acme"]}
        other = await client.fork(same.workflow_id, checkpoint_id=steps[0], context={"tenant": "bolt"}, options=over)
        assert await output(local.client.get_workflow_handle(other.workflow_id)) == {"log": ["bolt"]}
        [request] = (await past_of(client, other.workflow_id)).arguments
        assert request["options"]["recursion_limit"] == 7
        assert request["options"]["durability"] == "async"


@SQLITE
async def test_a_stage_of_a_process_keeps_its_context_and_its_options(checkpoints: str) -> None:
    def shows(_state: Log, runtime: Runtime[Any]) -> Log:
        return {"log": [runtime.context["tenant"]]}

    app = application(work=chain(shows, context=dict), other=chain(says("other")))
    app.workflow(Serves)
    async with serving(app, checkpoints) as local:
        handle = await local.start("Serves")
        assert await handle.result() == {"log": ["other"]}
        client = client_of(local, checkpoints)
        run = await client.fork(handle.id, stage="work")
        await output(local.client.get_workflow_handle(run.workflow_id))
        [request] = (await past_of(client, run.workflow_id)).arguments
        assert (request["context"], request["options"]["recursion_limit"]) == ({"tenant": "acme"}, 7)


@SQLITE
async def test_whoever_started_or_edited_the_original_may_not_decide_in_the_fork_either(checkpoints: str) -> None:
    def asks(_state: Log) -> Log:
        return {"log": [ask("Well?", not_by=["@starter", "@editors"]).by]}

    async with serving(checkpoints=checkpoints, work=chain(says("one"), asks)) as local:
        client = client_of(local, checkpoints)
        original = await client.start_graph("work", EMPTY, started_by="ann")
        await open_tasks(local.client.get_workflow_handle(original.workflow_id))
        edited = await client.fork(original.workflow_id, values={"log": ["two"]}, by="bob", reason="a typing error")
        await open_tasks(local.client.get_workflow_handle(edited.workflow_id))
        again = await client.fork(edited.workflow_id, by="eve")
        fork = local.client.get_workflow_handle(again.workflow_id)
        [task] = await open_tasks(fork)
        for person, why in (("ann", "ann started this workflow"), ("bob", "bob has edited something")):
            assert why in await refusal(fork, "submit_decision", {"action": "approve", "by": person})
        await client.decide(again.workflow_id, Decision(action="approve", by="eve", task_id=task["task_id"]))
        assert await output(fork) == {"log": ["two", "eve"]}


@SQLITE
async def test_its_audit_trail_and_memo_begin_with_where_it_comes_from_by_whom_and_why(checkpoints: str) -> None:
    async with serving(checkpoints=checkpoints, work=chain(says("one"))) as local:
        handle = await local.graph("work", EMPTY)
        steps = await history(checkpoints, (await handle.result())["thread_id"])
        client = client_of(local, checkpoints)
        run = await client.fork(handle.id, checkpoint_id=steps[0], values={"log": []}, by="eve", reason="a slip")
        fork = local.client.get_workflow_handle(run.workflow_id)
        await output(fork)
        told = {"workflow_id": handle.id, "stage": "work", "checkpoint_id": steps[0], "reason": "a slip"}
        first, *_ = await client.audit(run.workflow_id)
        assert (first.what, first.by) == ("forked", "eve")
        assert {**told, "amended": ["log"]}.items() <= first.detail.items()
        memo = await (await fork.describe()).memo_value("orch_forked_from")
        assert memo == {**told, "by": "eve", "amended": ["log"]}


@SQLITE
async def test_of_a_checkpoint_or_a_stage_there_is_not_nothing_is_started(checkpoints: str) -> None:
    async with serving(checkpoints=checkpoints, work=chain(says("one"))) as local:
        handle = await local.graph("work", EMPTY)
        await handle.result()
        client = client_of(local, checkpoints)
        with pytest.raises(Refused, match="has no checkpoint gone of its own graph"):
            await client.fork(handle.id, checkpoint_id="gone", id="never")
        with pytest.raises(Refused, match="has no stage 'gone'; it has: work"):
            await client.fork(handle.id, stage="gone", id="never")
        with pytest.raises(NotFound):
            await client.describe("never")


@SQLITE
async def test_values_that_do_not_fit_the_state_fail_the_fork_and_do_not_park_it(checkpoints: str) -> None:
    async with serving(checkpoints=checkpoints, work=chain(says("one"))) as local:
        handle = await local.graph("work", EMPTY)
        await handle.result()
        run = await client_of(local, checkpoints).fork(handle.id, values={"lgo": []})
        error = await failure(local.client.get_workflow_handle(run.workflow_id))
        assert (error.type, "The state has no lgo; it has: log" in error.message) == ("BadInput", True)


@SQLITE
async def test_of_a_thread_there_is_not_is_bad_input(checkpoints: str) -> None:
    async with serving(checkpoints=checkpoints, work=chain(marks(Path(), "never"))) as local:
        fork = {"thread_id": "gone", "checkpoint_id": "gone"}
        error = await failure(await local.start("GraphRun", {"graph": "work", "fork": fork}))
        assert error.type == "BadInput"
        assert "Thread gone has no checkpoint gone" in error.message
