from pathlib import Path

from orchestrator.devserver import DevServer
from tests.support.inside import serving
from tests.support.resets import before_signal, before_update, reset
from tests.support.runs import answer, open_tasks_like, start


async def test_a_reset_that_reapplies_the_signals_comes_to_the_same_end_from_them(
    temporal: DevServer, tmp_path: Path, checkpoints: str
) -> None:
    client = await temporal.client()
    async with serving(client, "crash", tmp_path, checkpoints):
        handle = await start(client, "side_by_side", task_queue=tmp_path.name)
        await answer(handle, "A", "left?")
        await answer(handle, "B", "right?")
        before = (await handle.result())["output"]

        again = await reset(client, handle, await before_signal(handle), reapply_signals=True)
        assert sorted((await again.result())["output"]["log"]) == sorted(before["log"])


async def test_a_reset_that_reapplies_updates_comes_to_the_same_end_from_them(
    temporal: DevServer, tmp_path: Path, checkpoints: str
) -> None:
    client = await temporal.client()
    async with serving(client, "crash", tmp_path, checkpoints):
        handle = await start(client, "side_by_side", task_queue=tmp_path.name)
        for payload, values in (("left?", "A"), ("right?", "B")):
            task = await open_tasks_like(handle, payload)
            decision = {"task_id": task["task_id"], "action": "approve", "values": values, "by": "ann"}
            await handle.execute_update("submit_decision", decision)
        before = (await handle.result())["output"]

        again = await reset(client, handle, await before_update(handle), reapply_signals=True)
        assert sorted((await again.result())["output"]["log"]) == sorted(before["log"])
        assert [entry["what"] for entry in await again.query("audit") if entry["via"] == "update"] == ["decided"] * 2
