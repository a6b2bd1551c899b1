from collections import Counter
from pathlib import Path

from orchestrator.devserver import DevServer, free_port
from tests.support.local import until
from tests.telemetry.receiver import receiving
from tests.telemetry.scraped import Scraped
from tests.telemetry.visits import Ward


async def test_neither_spans_nor_counts_of_a_workflow_that_no_cache_keeps(temporal: DevServer, tmp_path: Path) -> None:
    """Without a cache, every workflow task replays the whole history."""
    async with receiving() as receiver:
        bind = f"127.0.0.1:{free_port()}"
        variables = {"ORCHESTRATOR_CACHED_WORKFLOWS": "0", "ORCHESTRATOR_METRICS_BIND": bind}
        ward = Ward(temporal.address, tmp_path, receiver.traced | variables)
        async with ward.worker() as worker:
            workflow_id = await ward.start("visit")
            handle = (await temporal.client()).get_workflow_handle(workflow_id)
            await until(handle, lambda status: status["state"] == "waiting")
            await ward.command("decide", workflow_id, "--action", "approve", "--by", "ann")
            await handle.result()
            scraped = await Scraped.at(bind)
            worker.terminate()
            assert await worker.ended() == 0
        assert scraped.value("temporal_workflow_task_replay_latency_seconds_count") > 2
        assert receiver.nodes() == {"admit": 1, "examine": 1, "weigh": 1, "decide": 2, "treat": 1}
        trace_id = receiver.named("StartWorkflow:GraphRun").trace_id
        counted = Counter(span.name for span in receiver.spans if span.trace_id == trace_id)
        assert counted["RunWorkflow:GraphRun"] == counted["CompleteWorkflow:GraphRun"] == 1
        assert counted["StartActivity:visit"] == counted["RunActivity:visit"] == 2
        assert scraped.value("orchestrator_stages_started_total") == 1
        assert scraped.value("orchestrator_tasks_opened_total") == scraped.value("orchestrator_tasks_closed_total") == 1
        assert scraped.value("orchestrator_stage_states_total", state="completed") == 1
