import asyncio
from typing import Any

import pytest
from langgraph.func import entrypoint, task

from orchestrator.devserver import DevServer
from tests.support.graphs import EMPTY, Log, chain, fan, says
from tests.support.robust_gate import Gate
from tests.support.robust_serving import ends_cancelled, on_dev_server, reached


def nested(gate: Gate) -> Any:
    """The gate two subgraphs deep."""
    return chain_of(chain_of(chain(says("deep"), gate.gated)))


def chain_of(inner: Any) -> Any:
    """A graph whose second node is a compiled graph."""
    builder = chain(says("shallow"))
    builder.add_node("inner", inner.compile())
    builder.add_edge("shallow", "inner")
    return builder


def called_inside(gate: Gate) -> Any:
    """The gate in a subgraph that a node calls."""
    inner = chain(gate.gated).compile()

    async def calls(_state: Log) -> Any:
        return await inner.ainvoke({"log": []})

    return chain(says("before"), calls)


def functional(gate: Gate) -> Any:
    """The gate in a task of an entrypoint, beside one that has finished."""

    @task
    async def quick() -> str:
        return "quick"

    @task
    async def slow() -> str:
        return await gate.passed()

    @entrypoint()
    async def work(_value: Any) -> list[str]:
        return list(await asyncio.gather(quick(), slow()))

    return work


def side_by_side(gate: Gate) -> Any:
    return fan(says("quick"), gate.gated)


SHAPES = {
    "nested subgraphs": nested,
    "a subgraph called inside a node": called_inside,
    "a functional entrypoint with tasks": functional,
    "nodes side by side": side_by_side,
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
async def test_tells_the_node_however_deep_and_ends_cancelled(temporal: DevServer, shape: Any) -> None:
    gate = Gate()
    async with on_dev_server(temporal, work=shape(gate)) as local:
        handle = await local.graph("work", EMPTY)
        await reached(gate.entered)
        await handle.cancel()
        await asyncio.wait_for(gate.told.wait(), 3)
        await ends_cancelled(handle)
    assert (gate.begun, gate.finished) == (1, 0)
