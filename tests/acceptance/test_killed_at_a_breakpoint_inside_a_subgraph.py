from pathlib import Path
from typing import Any, NamedTuple

import pytest

from orchestrator.devserver import DevServer
from tests.support.processes import marks, worker_process
from tests.support.runs import answer, open_tasks, start

ALL = ["begin", "a", "b", "end"]


class Case(NamedTuple):
    """Where the subgraph of a graph stops."""

    graph: str
    depth: int
    step: int
    done: list[str]
    stop: dict[str, Any]


CASES = {
    "before a node": Case("before_a_node", 1, 1, ALL[:2], {"interrupt": "before", "nodes": ["inner/b"]}),
    "before the first": Case("before_the_first", 1, 0, ALL[:1], {"interrupt": "before", "nodes": ["inner/a"]}),
    "after a node": Case("after_a_node", 1, 1, ALL[:2], {"interrupt": "after", "nodes": ["inner/a"]}),
    "after the last": Case("after_the_last", 1, 2, ALL[:3], {"interrupt": "after", "nodes": ["inner/b"]}),
    "two levels down": Case("two_levels_down", 2, 1, ALL[:2], {"interrupt": "before", "nodes": ["inner/deeper/b"]}),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_the_breakpoint_is_not_passed_without_approval(
    temporal: DevServer, tmp_path: Path, checkpoints: str, case: Case
) -> None:
    """Killed right after the checkpoint at which the subgraph is about to stop was written."""
    handle = await start(await temporal.client(), case.graph)
    kill = {"table": "checkpoints", "depth": case.depth, "step": case.step}
    async with worker_process(temporal.address, "stops", tmp_path, checkpoints=checkpoints, kill_after=kill) as doomed:
        await doomed.killed()
    async with worker_process(temporal.address, "stops", tmp_path, checkpoints=checkpoints):
        (task,) = await open_tasks(handle)
        assert task["payload"] == case.stop
        assert marks(tmp_path) == case.done
        await answer(handle, None)
        assert (await handle.result())["output"]["log"][-1] == "end"
        audit = await handle.query("audit")
    assert marks(tmp_path) == ALL
    assert [entry["what"] for entry in audit].count("opened") == 1, "it was asked for once"


async def test_a_breakpoint_that_was_approved_is_not_asked_for_again(
    temporal: DevServer, tmp_path: Path, checkpoints: str
) -> None:
    """Killed inside the node after it, of which the thread has no trace."""
    handle = await start(await temporal.client(), "dies_after_it")
    async with worker_process(temporal.address, "stops", tmp_path, checkpoints=checkpoints) as doomed:
        await answer(handle, None)
        await doomed.killed()
    async with worker_process(temporal.address, "stops", tmp_path, checkpoints=checkpoints):
        await handle.result()
        audit = await handle.query("audit")
    assert marks(tmp_path) == ALL
    assert [entry["what"] for entry in audit].count("opened") == 1
