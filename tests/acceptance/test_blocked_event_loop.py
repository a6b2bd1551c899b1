from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.processes import release, worker_process
from tests.support.runs import start


async def test_an_async_node_that_blocks_the_event_loop_is_named_in_the_log(
    temporal: DevServer, tmp_path: Path
) -> None:
    handle = await start(await temporal.client(), "blocking", heartbeat_timeout="PT60S")
    async with worker_process(temporal.address, "slow", tmp_path) as worker:
        await worker.until_logged("blocks the event loop")
        assert "blocks_the_loop (" in worker.log.read_text()
        release(tmp_path, "blocking")
        assert (await handle.result())["output"] == {"log": ["blocking"]}
