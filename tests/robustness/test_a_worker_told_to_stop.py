import asyncio
from collections import Counter
from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.processes import marks, release, until_marked, worker_process
from tests.support.robust_serving import log_of
from tests.support.runs import answer, open_tasks, start

WAITING = [f"waiting-{number}" for number in range(10)]
RUNNING = [f"running-{number}" for number in range(3)]


async def test_with_ten_stages_waiting_and_three_running_loses_and_repeats_nothing(
    temporal: DevServer, tmp_path: Path, checkpoints: str
) -> None:
    client = await temporal.client()
    async with worker_process(temporal.address, "robust", tmp_path, checkpoints=checkpoints) as leaving:
        waiting = [await start(client, "asks", {"name": name, "log": []}) for name in WAITING]
        running = [await start(client, "slow", {"name": name, "log": []}) for name in RUNNING]
        await asyncio.gather(*(open_tasks(handle) for handle in waiting))
        await asyncio.gather(*(until_marked(tmp_path, f"begin {name}") for name in RUNNING))
        leaving.terminate()
        await leaving.until_logged("worker drains")
        release(tmp_path, "works")
        assert await leaving.ended() == 0
    assert not [mark for mark in marks(tmp_path) if mark.startswith("after")]
    async with worker_process(temporal.address, "robust", tmp_path, checkpoints=checkpoints):
        await asyncio.gather(*(answer(handle, "yes") for handle in waiting))
        assert [await log_of(handle) for handle in waiting] == [["before", "yes", "after"]] * 10
        assert [await log_of(handle) for handle in running] == [["before", "works", "after"]] * 3
    assert set(Counter(marks(tmp_path)).values()) == {1}
