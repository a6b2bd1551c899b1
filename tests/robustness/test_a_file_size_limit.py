import resource
from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.processes import marks, release, until_marked, worker_process
from tests.support.robust_serving import RETRY, log_of, parked
from tests.support.runs import start

RETRIES = {"initial_interval": "PT0.1S", "maximum_attempts": 3}


async def test_of_the_worker_parks_its_stages_and_leaves_it_alive(temporal: DevServer, tmp_path: Path) -> None:
    """A full disk, as the operating system tells of it: no file of the worker's grows, its log included."""
    handle = await start(await temporal.client(), "slow", retry=RETRIES)
    async with worker_process(temporal.address, "slow", tmp_path) as worker:
        await until_marked(tmp_path, "begin one")
        hard = resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE, (1, hard))
        release(tmp_path, "one")
        assert "disk" in await parked(handle)
        assert worker.process.returncode is None
        resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        release(tmp_path, "two", "three")
        await handle.execute_update("recover", RETRY)
        assert await log_of(handle) == ["one", "two", "three"]
    assert [mark for mark in marks(tmp_path) if mark in ("end two", "end three")] == ["end two", "end three"]
