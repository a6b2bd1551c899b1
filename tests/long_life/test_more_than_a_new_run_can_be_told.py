"""What is open travels to the next run in one message, of which Temporal takes 2 MB."""

from functools import partial

from orchestrator.devserver import DevServer
from orchestrator.waits import ask
from tests.long_life.running import chain, latest, serving
from tests.support.graphs import EMPTY, Log, fan
from tests.support.local import application, open_tasks

LARGE = 240 * 1024


def asks(name: str, _state: Log) -> Log:
    return {"log": [ask(f"{name}?", description="x" * LARGE).values]}


def asking(name: str) -> partial[Log]:
    node = partial(asks, name)
    node.__name__ = name  # type: ignore[attr-defined]
    return node


async def test_waits_until_there_is_less_and_nothing_is_wedged_meanwhile(hasty: DevServer) -> None:
    client = await hasty.client()
    names = ["a", "b", "c", "d"]
    async with serving(client, application(work=fan(*map(asking, names)))) as local:
        handle = latest(client, await local.graph("work", EMPTY))
        await open_tasks(handle, 4)
        for number in range(30):
            await handle.execute_update("submit_event", {"name": "noise", "payload": number})
        assert len(await chain(client, handle)) == 1
        for task in await open_tasks(handle, 4):
            decision = {
                "task_id": task["task_id"],
                "action": "approve",
                "by": "ann",
                "values": task["title"][0],
            }
            await handle.execute_update("submit_decision", decision)
        assert sorted((await handle.result())["output"]["log"]) == names
