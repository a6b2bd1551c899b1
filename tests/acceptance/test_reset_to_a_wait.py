from pathlib import Path
from typing import Any

import pytest

from orchestrator.devserver import DevServer
from tests.support.inside import serving
from tests.support.resets import before_signal, reset
from tests.support.runs import answer, start


@pytest.mark.parametrize(
    ("graph", "log"),
    [
        ("two_questions", ["before", "{} {}", "after"]),
        ("inside_subgraph", ["before", "before", "prepare", "{} {}", "after"]),
    ],
)
async def test_a_workflow_reset_to_its_first_question_takes_the_new_answers_and_not_the_old_ones(
    temporal: DevServer, tmp_path: Path, checkpoints: str, graph: str, log: list[str]
) -> None:
    client = await temporal.client()
    async with serving(client, "crash", tmp_path, checkpoints):
        handle = await start(client, graph, task_queue=tmp_path.name)
        await answer(handle, "A", "first?")
        await answer(handle, "B", "second?")
        assert (await handle.result())["output"]["log"] == expected(log, "A", "B")

        again = await reset(client, handle, await before_signal(handle))
        await answer(again, "C", "first?")
        await answer(again, "D", "second?")
        assert (await again.result())["output"]["log"] == expected(log, "C", "D")


def expected(log: list[str], *answers: Any) -> list[str]:
    return [line.format(*answers) for line in log]
