from typing import Any

import pytest

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Builder, Log, chain, says


def sync(state: Log) -> str:
    return "left" if state["log"] else "right"


async def asynchronous(state: Log) -> str:
    return sync(state)


def several(_state: Log) -> list[str]:
    return ["left", "right"]


def graph(router: Any, **paths: Any) -> Builder:
    builder = chain(says("start"))
    builder.add_node("left", says("left"))
    builder.add_node("right", says("right"))
    builder.add_conditional_edges("start", router, **paths)
    return builder


@pytest.mark.parametrize("router", [sync, asynchronous])
async def test_may_be_sync_or_async(router: Any) -> None:
    assert await agreed(graph(router, path_map=["left", "right"]), EMPTY) == {"log": ["start", "left"]}


async def test_may_name_several_nodes() -> None:
    output = await agreed(graph(several, path_map=["left", "right"]), EMPTY)
    assert sorted(output["log"]) == ["left", "right", "start"]


async def test_may_map_what_they_return_to_nodes() -> None:
    output = await agreed(graph(sync, path_map={"left": "right", "right": "left"}), EMPTY)
    assert output == {"log": ["start", "right"]}
