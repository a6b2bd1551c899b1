from pathlib import Path

import pytest

from orchestrator.devserver import DevServer
from tests.support.processes import marks, release, until_marked, worker_process
from tests.support.robust_serving import log_of, parked
from tests.support.runs import start


@pytest.mark.parametrize(("graph", "said"), [("exits", "SystemExit: 7"), ("exits_async", "SystemExit: no exiting")])
async def test_parks_its_stage_and_neither_ends_the_worker_nor_disturbs_other_stages(
    temporal: DevServer, tmp_path: Path, graph: str, said: str
) -> None:
    client = await temporal.client()
    async with worker_process(temporal.address, "robust", tmp_path) as worker:
        other = await start(client, "slow", {"name": "other", "log": []})
        await until_marked(tmp_path, "begin other")
        exiting = await start(client, graph, {"name": "exiting", "log": []})
        error = await parked(exiting)
        assert error.startswith(f"UserCodeError: Graph {graph!r} has a bug: {said}")
        release(tmp_path, "works")
        assert await log_of(other) == ["before", "works", "after"]
        worker.terminate()
        assert await worker.ended() == 0
    assert marks(tmp_path).count("begin other") == 1
