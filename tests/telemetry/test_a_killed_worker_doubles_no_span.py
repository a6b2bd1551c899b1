from pathlib import Path

from orchestrator.devserver import DevServer
from tests.telemetry.receiver import receiving
from tests.telemetry.visits import Ward


async def test_but_those_of_the_attempt_and_of_the_node_that_it_died_in(temporal: DevServer, tmp_path: Path) -> None:
    """Killed: inside `treat`, whose first span was therefore never sent."""
    async with receiving() as receiver:
        ward = Ward(temporal.address, tmp_path, receiver.traced)
        client = await temporal.client()
        async with ward.worker(KILL_INSIDE="yes") as doomed:
            handle = await client.start_workflow(
                "GraphRun",
                {"graph": "short", "input": {"log": []}, "options": {"heartbeat_timeout": "PT2S"}},
                id=f"short-{tmp_path.name}",
                task_queue=tmp_path.name,
            )
            await doomed.killed()
            async with ward.worker() as successor:
                assert (await handle.result())["output"] == {"log": ["admit", "treat"]}
                successor.terminate()
                assert await successor.ended() == 0
        assert receiver.nodes()["admit"] <= 1  # what a killed process has not sent yet is lost
        assert receiver.nodes()["treat"] == 1
        assert len({span.span_id for span in receiver.spans}) == len(receiver.spans)
        assert len({span.trace_id for span in receiver.spans}) == 1
        for name in ("RunWorkflow:GraphRun", "StartActivity:short", "RunActivity:short", "CompleteWorkflow:GraphRun"):
            assert sum(span.name == name for span in receiver.spans) <= 1, name
        assert receiver.named("RunNode:treat").attributes["orchestrator.attempt"] == 2
