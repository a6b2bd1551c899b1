from pathlib import Path

import pytest

from orchestrator.devserver import DevServer
from tests.support.inside import serving
from tests.support.resets import before_signal, reset
from tests.support.runs import answer, start
from tests.support.stores import EVERY_DATABASE

pytestmark = EVERY_DATABASE


@pytest.mark.parametrize("graph", ["two_questions", "inside_subgraph"])
async def test_a_workflow_reset_to_its_second_question_keeps_the_first_answer(
    temporal: DevServer, tmp_path: Path, checkpoints: str, graph: str
) -> None:
    client = await temporal.client()
    async with serving(client, "crash", tmp_path, checkpoints):
        handle = await start(client, graph, task_queue=tmp_path.name)
        await answer(handle, "A", "first?")
        await answer(handle, "B", "second?")
        await handle.result()

        again = await reset(client, handle, await before_signal(handle, 2))
        await answer(again, "C", "second?")
        assert "A C" in (await again.result())["output"]["log"]
