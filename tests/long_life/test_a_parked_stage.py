from pathlib import Path

from orchestrator.devserver import DevServer
from tests.long_life.running import latest, serving, signal_until_continued
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.local import application, until


async def test_is_parked_in_the_next_run_too_and_goes_on_from_the_failed_node(hasty: DevServer, tmp_path: Path) -> None:
    def breaks(_state: Log) -> Log:
        if not (tmp_path / "mended").exists():
            raise KeyError("not yet")
        return {"log": ["mended"]}

    client = await hasty.client()
    async with serving(client, application(breaks=chain(says("once"), breaks))) as local:
        handle = latest(client, await local.graph("breaks", EMPTY))
        before = await until(handle, lambda status: status["state"] == "parked")
        await signal_until_continued(client, handle, "noise")
        after = await handle.query("status")
        assert after == before
        (tmp_path / "mended").touch()
        await handle.execute_update("recover", {"action": "retry", "by": "op", "reason": "mended"})
        assert (await handle.result())["output"]["log"] == ["once", "mended"]
