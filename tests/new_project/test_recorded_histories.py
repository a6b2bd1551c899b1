from pathlib import Path

from temporalio import workflow

from orchestrator import Orchestrator
from orchestrator.testing import record, replay, serving
from orchestrator.workflow import Process


@workflow.defn(name="Naps")
class Naps(Process):
    @workflow.run
    async def run(self) -> None:
        await self.wait_for("bell")


@workflow.defn(name="Naps")
class Sleeps(Process):
    @workflow.run
    async def run(self) -> None:
        await workflow.sleep(5)


def application(process: type) -> Orchestrator:
    app = Orchestrator("naps")
    app.workflow(process)
    return app


async def test_a_history_fits_the_code_that_made_it_and_another_is_named(tmp_path: Path) -> None:
    file = tmp_path / "histories" / "rings.json"
    async with serving(application(Naps)) as served:
        handle = await served.start(Naps)
        await handle.signal("event", {"name": "bell"})
        await handle.result()
        await record(handle, file)
    assert await replay(application(Naps), [file]) == {}
    broken = await replay(application(Sleeps), [file])
    assert "TMPRL1100" in broken["rings"]
