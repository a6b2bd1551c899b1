from orchestrator.devserver import DevServer
from orchestrator.settings import Settings
from orchestrator.testing import worker
from orchestrator.waits import idempotency_key
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import application
from tests.support.resets import reset


def charges(_state: Log) -> Log:
    return {"log": [idempotency_key("charge")]}


async def test_at_once_is_a_new_thread_with_idempotency_keys_of_its_own(temporal: DevServer, checkpoints: str) -> None:
    """The server's run ids begin with a clock: those of two runs within a minute begin alike."""
    client = await temporal.client()
    app = application(charges=chain(charges))
    app.name = "used-again"
    async with worker(app, client, Settings(checkpoints=checkpoints, drain_seconds=1)):
        request = {"graph": "charges", "input": EMPTY}
        results = [
            await (await client.start_workflow("GraphRun", request, id="used-again", task_queue=app.name)).result()
            for _ in range(2)
        ]
        assert results[0]["thread_id"] != results[1]["thread_id"]
        assert results[0]["output"] != results[1]["output"]


async def test_two_resets_within_a_minute_have_threads_of_their_own(temporal: DevServer, checkpoints: str) -> None:
    client = await temporal.client()
    app = application(charges=chain(charges))
    app.name = "reset-twice"
    async with worker(app, client, Settings(checkpoints=checkpoints, drain_seconds=1)):
        request = {"graph": "charges", "input": EMPTY}
        handle = await client.start_workflow("GraphRun", request, id="reset-twice", task_queue=app.name)
        threads = [(await handle.result())["thread_id"]]
        for _ in range(2):
            handle = await reset(client, handle, 4)
            threads.append((await handle.result())["thread_id"])
        assert len(set(threads)) == 3
