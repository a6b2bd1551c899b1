from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.processes import marks, worker_process
from tests.support.runs import answer, start
from tests.support.stores import EVERY_DATABASE

pytestmark = EVERY_DATABASE


async def test_an_answer_taken_before_the_worker_was_killed_does_not_answer_the_next_question(
    temporal: DevServer, tmp_path: Path, checkpoints: str
) -> None:
    """Killed: after the write row with the first answer and the second question, before the activity reported."""
    handle = await start(await temporal.client(), "two_questions")
    kill = {"table": "writes", "channel": "__resume__"}
    async with worker_process(temporal.address, "crash", tmp_path, checkpoints=checkpoints, kill_after=kill) as doomed:
        await answer(handle, "A", "first?")
        await doomed.killed()
        async with worker_process(temporal.address, "crash", tmp_path, checkpoints=checkpoints):
            await answer(handle, "B", "second?")
            result = await handle.result()
    assert result["output"] == {"log": ["before", "A B", "after"]}
    assert marks(tmp_path) == ["before", "answered A B", "after"]
