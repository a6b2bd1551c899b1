import asyncio

from orchestrator.devserver import DevServer
from tests.recovery.parking import parked, recover
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.local import QUICK_RETRIES, output
from tests.upgrade.deployments import Deployments


async def test_parks_its_stage_until_it_is_served_again(temporal: DevServer, checkpoints: str) -> None:
    begun = asyncio.Event()

    async def stops_with_its_worker(_state: Log) -> Log:
        if not begun.is_set():
            begun.set()
            await asyncio.Event().wait()
        return {"log": ["done"]}

    deployments = Deployments(await temporal.client(), checkpoints)
    graph = chain(stops_with_its_worker)
    async with deployments.version({"work": graph}):
        handle = await deployments.local.graph("work", EMPTY, options={"retry": QUICK_RETRIES})
        await begun.wait()
    async with deployments.version({"other": chain(says("done"))}):
        assert "work" in (await parked(handle))["error"]
    async with deployments.version({"work": graph}):
        await recover(handle, "retry")
        assert (await output(handle))["log"] == ["done"]
