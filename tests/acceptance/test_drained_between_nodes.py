from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.processes import marks, release, until_marked, worker_process
from tests.support.runs import start


async def test_a_worker_told_to_stop_ends_at_the_next_super_step_and_nothing_runs_twice(
    temporal: DevServer, tmp_path: Path, checkpoints: str
) -> None:
    """SIGTERM: inside the node `one`, which then ends within the grace period."""
    handle = await start(await temporal.client(), "slow")
    async with worker_process(temporal.address, "slow", tmp_path, checkpoints=checkpoints) as leaving:
        await until_marked(tmp_path, "begin one")
        leaving.terminate()
        release(tmp_path, "one")
        assert await leaving.ended() == 0
    assert marks(tmp_path) == ["begin one", "end one"]
    release(tmp_path, "two", "three")
    async with worker_process(temporal.address, "slow", tmp_path, checkpoints=checkpoints):
        result = await handle.result()
    assert result["output"] == {"log": ["one", "two", "three"]}
    assert marks(tmp_path)[2:] == ["begin two", "end two", "begin three", "end three"]
    attempts = [
        event.activity_task_started_event_attributes.attempt
        async for event in handle.fetch_history_events()
        if event.HasField("activity_task_started_event_attributes")
    ]
    assert attempts == [1, 1], "a drain is an outcome and uses up no attempt"
