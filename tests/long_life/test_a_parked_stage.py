from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from langgraph.types import interrupt

from orchestrator.client import OrchestratorClient
from orchestrator.devserver import DevServer
from orchestrator.testing.outage import proxy, socket_of
from tests.long_life.running import asked, latest, serving, signal_until_continued
from tests.support.graphs import EMPTY, Log, chain, fan, says
from tests.support.local import Handle, application, until


async def test_is_parked_in_the_next_run_too_and_goes_on_from_the_failed_node(hasty: DevServer, tmp_path: Path) -> None:
    def breaks(_state: Log) -> Log:
        if not (tmp_path / "mended").exists():
            raise KeyError("not yet")
        return {"log": ["mended"]}

    client = await hasty.client()
    async with serving(client, application(breaks=chain(says("once"), breaks))) as local:
        handle = latest(client, await local.graph("breaks", EMPTY))
        before = await until(handle, lambda status: status["state"] == "parked")
        described = await OrchestratorClient(client).describe(handle.id)
        await signal_until_continued(client, handle, "noise")
        after = await handle.query("status")
        assert after == before
        again = await OrchestratorClient(client).describe(handle.id)
        assert (again.state, again.since) == ("parked", described.since)
        (tmp_path / "mended").touch()
        await handle.execute_update("recover", {"action": "retry", "by": "op", "reason": "mended"})
        assert (await handle.result())["output"]["log"] == ["once", "mended"]


async def test_keeps_the_answer_that_no_turn_could_take_beside_a_question_that_is_still_open(
    hasty: DevServer, postgres: str
) -> None:
    def left(_state: Log) -> Log:
        return {"log": [interrupt("left?")]}

    def right(_state: Log) -> Log:
        return {"log": [interrupt("right?")]}

    async def decide(handle: Handle, title: str, values: str) -> None:
        task = await asked(handle, title)
        answer = {"task_id": task["task_id"], "action": "approve", "values": values, "by": "ann"}
        await handle.execute_update("submit_decision", answer)

    client, url = await hasty.client(), urlsplit(postgres)
    async with proxy(socket_of(parse_qs(url.query)["host"][0])) as line:
        behind = f"postgresql://postgres:@{line.address}{url.path}?connect_timeout=1"
        async with serving(client, application(sides=fan(left, right)), behind) as local:
            few = {"retry": {"maximum_attempts": 4, "initial_interval": "PT0.5S", "maximum_interval": "PT1S"}}
            handle = latest(client, await local.graph("sides", EMPTY, options=few))
            await asked(handle, "right?")
            with line.outage():
                await decide(handle, "left?", "A")
                await until(handle, lambda status: status["state"] == "parked")
                await signal_until_continued(client, handle, "noise")
            await handle.execute_update("recover", {"action": "retry", "by": "op", "reason": "mended"})
            await until(handle, lambda status: status["state"] == "waiting")
            assert [task["title"] for task in await handle.query("tasks")] == ["right?"]
            await decide(handle, "right?", "B")
            assert (await handle.result())["output"]["log"] == ["A", "B"]
