from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.processes import marks, worker_process
from tests.support.runs import answer, start


async def test_a_node_that_took_its_answer_and_then_raised_is_not_given_it_twice(
    temporal: DevServer, tmp_path: Path, checkpoints: str
) -> None:
    """The attempt fails after the write row with the first answer and the error; its retry must only go on."""
    handle = await start(await temporal.client(), "takes_then_raises")
    async with worker_process(temporal.address, "crash", tmp_path, checkpoints=checkpoints):
        await answer(handle, "A", "first?")
        await answer(handle, "B", "second?")
        result = await handle.result()
    assert result["output"] == {"log": ["before", "A B", "after"]}
    assert marks(tmp_path) == ["before", "answered A B", "after"]
