import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from langgraph.graph import START

from tests.support.compat import plain
from tests.support.graphs import EMPTY, Builder, Log, Node, chain, says
from tests.support.local import QUICK_RETRIES, failure, output, serving, until

FAILS = {"on_failure": "fail", "retry": QUICK_RETRIES}


def graph(router: Callable[[Log], Any]) -> Builder:
    builder = chain(says("start"))
    builder.add_node("end", says("end"))
    builder.add_conditional_edges("start", router, ["end"])
    return builder


@pytest.mark.parametrize(
    ("error", "kind"), [(KeyError("no such key"), "UserCodeError"), (RuntimeError("not now"), "NodeFailed")]
)
async def test_fails_the_stage_by_name_where_langgraph_raises(error: Exception, kind: str) -> None:
    def router(_state: Log) -> str:
        raise error

    with pytest.raises(type(error)):
        await plain(graph(router))
    async with serving(graph=graph(router)) as local:
        found = await failure(await local.graph("graph", EMPTY, options=FAILS))
    assert found.type == kind
    assert str(error.args[0]) in found.message


async def test_parks_the_stage_until_it_is_mended(checkpoints: str) -> None:
    mended: list[bool] = []

    def router(_state: Log) -> str:
        if not mended:
            raise KeyError("no such key")
        return "end"

    async with serving(graph=graph(router), checkpoints=checkpoints) as local:
        handle = await local.graph("graph", EMPTY)
        await until(handle, lambda status: status["state"] == "parked")
        mended.append(True)
        await handle.execute_update("recover", {"action": "retry", "by": "ann", "reason": "mended"})
        assert await output(handle) == {"log": ["start", "end"]}


async def test_is_asked_again_if_it_was_cut_off_by_another_node_that_raised(checkpoints: str) -> None:
    begun = asyncio.Event()
    broken: list[bool] = []

    async def router(_state: Log) -> str:
        begun.set()
        await asyncio.sleep(0 if broken else 30)
        return "end"

    async def breaks(_state: Log) -> Log:
        await begun.wait()
        if not broken:
            broken.append(True)
            raise RuntimeError("not now")
        return {"log": ["beside"]}

    builder = graph(router)
    beside: Node = breaks
    builder.add_node("breaks", beside)
    builder.add_edge(START, "breaks")
    async with serving(graph=builder, checkpoints=checkpoints) as local:
        handle = await local.graph("graph", EMPTY, options={"retry": QUICK_RETRIES})
        assert sorted((await output(handle))["log"]) == ["beside", "end", "start"]
