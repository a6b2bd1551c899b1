import asyncio
from pathlib import Path

import pytest

from orchestrator.devserver import DevServer
from tests.support.local import until
from tests.telemetry.receiver import Receiver, receiving
from tests.telemetry.visits import Ward


async def visited(temporal: DevServer, folder: Path) -> Receiver:
    """What was received of a visit, from its start at the command line to its end, its question answered."""
    async with receiving() as receiver:
        ward = Ward(temporal.address, folder, receiver.traced)
        async with ward.worker() as worker:
            workflow_id = await ward.start("visit")
            handle = (await temporal.client()).get_workflow_handle(workflow_id)
            await until(handle, lambda status: status["state"] == "waiting")
            await ward.command("decide", workflow_id, "--action", "approve", "--by", "ann")
            await handle.result()
            worker.terminate()
            assert await worker.ended() == 0
    return receiver


@pytest.fixture(scope="module")
def visit(temporal: DevServer, tmp_path_factory: pytest.TempPathFactory) -> Receiver:
    """One visit for all that is asked of it."""
    return asyncio.run(visited(temporal, tmp_path_factory.mktemp("visit")))


def test_every_span_of_a_run_has_its_trace_id_and_its_place(visit: Receiver) -> None:
    started = visit.named("StartWorkflow:GraphRun")
    inside = [span for span in visit.spans if span.trace_id == started.trace_id]
    assert started.parent_id == ""
    for name in ("RunWorkflow:GraphRun", "RunNode:admit", "RunNode:weigh", "RunNode:treat", "look up"):
        assert visit.named(name) in inside
        assert visit.above(visit.named(name))[-1] == "StartWorkflow:GraphRun"

    activity = ["RunActivity:visit", "StartActivity:visit", "StartWorkflow:GraphRun"]
    assert visit.above(visit.named("look up")) == ["RunNode:admit", *activity]
    assert visit.above(visit.named("RunNode:weigh")) == ["RunNode:examine", *activity]
    assert visit.above(visit.named("RunNode:treat")) == activity

    treated = visit.named("RunNode:treat").attributes
    told = {name: treated[f"orchestrator.{name}"] for name in ("graph", "stage", "node", "step", "turn", "attempt")}
    expected = {"graph": "visit", "stage": "visit", "node": "treat", "step": 4, "turn": 2, "attempt": 1}
    assert told == expected
    assert visit.named("RunNode:weigh").attributes["orchestrator.namespace"].startswith("examine:")
    assert {span.service for span in visit.spans} == {"orchestrator"}


def test_a_question_leaves_its_node_twice_and_is_no_failure(visit: Receiver) -> None:
    asking = [span for span in visit.spans if span.name == "RunNode:decide"]
    assert [span.attributes.get("orchestrator.left_by") for span in asking] == ["GraphInterrupt", None]
    assert not any(span.failed for span in asking)


async def test_a_run_that_no_span_started_has_one_trace_too(temporal: DevServer, tmp_path: Path) -> None:
    async with receiving() as receiver:
        ward = Ward(temporal.address, tmp_path, receiver.traced)
        client = await temporal.client()
        async with ward.worker() as worker:
            handle = await client.start_workflow(
                "GraphRun",
                {"graph": "short", "input": {"log": []}},
                id=f"short-{tmp_path.name}",
                task_queue=tmp_path.name,
            )
            await handle.result()
            worker.terminate()
            assert await worker.ended() == 0
        assert len({span.trace_id for span in receiver.spans}) == 1
        assert receiver.above(receiver.named("RunNode:treat")) == ["RunActivity:short", "StartActivity:short"]
