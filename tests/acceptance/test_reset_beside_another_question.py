from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.inside import serving
from tests.support.resets import before_signal, reset
from tests.support.runs import answer, start


async def test_a_reset_between_two_questions_side_by_side_keeps_the_answered_and_asks_the_other_again(
    temporal: DevServer, tmp_path: Path, checkpoints: str
) -> None:
    client = await temporal.client()
    async with serving(client, "crash", tmp_path, checkpoints):
        handle = await start(client, "side_by_side", task_queue=tmp_path.name)
        await answer(handle, "A", "left?")
        await answer(handle, "B", "right?")
        await handle.result()

        again = await reset(client, handle, await before_signal(handle, 2))
        await answer(again, "C", "right?")
        assert sorted((await again.result())["output"]["log"]) == ["left A", "right C"]
