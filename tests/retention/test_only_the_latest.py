from typing import Any

import pytest
from langgraph.types import interrupt

from orchestrator.devserver import DevServer
from tests.retention.server import application, keeping
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.local import decide, open_tasks, output, until
from tests.support.resets import before_signal, reset
from tests.support.stores import rows


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


@pytest.fixture(params=["sqlite", "postgresql", "memory"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Any) -> str:
    if request.param == "memory":
        return "memory://"
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'c.db'}"
    url: str = request.getfixturevalue("postgres")
    return url


async def test_the_history_goes_as_soon_as_the_stage_has_ended(temporal: DevServer, checkpoints: str) -> None:
    inner = chain(says("in"), says("ner")).compile(checkpointer=None)
    graph = chain(says("one"), asks, says("three"))
    graph.add_node("inner", inner)
    graph.add_edge("three", "inner")
    async with keeping(temporal, checkpoints, application(graph, keep="latest")) as kept:
        handle = await kept.start("work", EMPTY)
        await open_tasks(handle)
        thread_id = (await handle.query("status"))["stages"][0]["thread_id"]
        waits = await rows(kept.store, thread_id)
        assert (await kept.upkeep.size(thread_id))[0] == 1, "between two waits only the latest stays"
        await decide(handle, values="two")
        assert (await output(handle))["log"][:3] == ["one", "two", "three"]
        assert await rows(kept.store, thread_id) == {(await handle.result())["checkpoint_id"]}
        assert not waits & await rows(kept.store, thread_id)
        size = (await kept.upkeep.size(thread_id))[0]
        assert size == 1


async def test_a_reset_into_what_is_gone_parks_and_never_begins_anew(temporal: DevServer, checkpoints: str) -> None:
    async with keeping(temporal, checkpoints, application(chain(says("one"), asks), keep="latest")) as kept:
        handle = await kept.start("work", EMPTY)
        await open_tasks(handle)
        await decide(handle, values="two")
        await handle.result()
        again = await reset(kept.client, handle, await before_signal(handle))
        await decide(again, values="three")
        status = await until(again, lambda status: status["state"] == "parked")
        assert "ThreadLost" in status["stages"][0]["error"]
        assert "pruned or deleted" in status["stages"][0]["error"]
        await again.terminate()


async def test_in_memory_and_on_disk_the_result_is_the_same(temporal: DevServer, anywhere: str) -> None:
    async with keeping(temporal, anywhere, application(chain(says("one"), says("two")), keep="latest")) as kept:
        assert await output(await kept.start("work", EMPTY)) == {"log": ["one", "two"]}


async def test_a_scheduled_workflow_does_it_in_a_worker_s_memory_too(temporal: DevServer, anywhere: str) -> None:
    async with keeping(temporal, anywhere, application(chain(says("one"), says("two")))) as kept:
        await kept.finished("work", EMPTY)
        report = await kept.client.execute_workflow(
            "orchestrator.retention", {"dry_run": False}, id=f"{kept.app.name}-retention", task_queue=kept.app.name
        )
        assert (report["threads"], report["items"][0]["checkpoints"], report["kept"]) == (1, 4, {})
        assert await kept.threads() == []
