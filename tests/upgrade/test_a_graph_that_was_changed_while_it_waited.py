from typing import Any, TypedDict

import pytest
from langgraph.graph import START, StateGraph
from langgraph.types import Send, interrupt

from orchestrator.devserver import DevServer
from tests.recovery.parking import parked, recover
from tests.support.graphs import EMPTY, Builder, Log, Node, chain, says
from tests.support.local import Handle, output
from tests.upgrade.deployments import Deployments


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


@pytest.fixture
async def deployments(temporal: DevServer, checkpoints: str) -> Deployments:
    return Deployments(await temporal.client(), checkpoints)


async def test_goes_on_where_nodes_were_only_added(deployments: Deployments) -> None:
    async def goes_on(handle: Handle) -> None:
        assert await output(handle) == {"log": ["yes", "new", "end"]}

    await deployments.run(chain(asks, says("end")), chain(asks, says("new"), says("end")), EMPTY, goes_on)


async def test_parks_where_the_node_that_runs_next_is_gone_and_goes_on_with_a_version_that_has_it(
    deployments: Deployments,
) -> None:
    async def parks(handle: Handle) -> None:
        stage = await parked(handle)
        assert "GraphChanged: Graph 'work' was changed under this stage: node 'asks'" in stage["error"]
        await recover(handle, "abort")

    await deployments.run(chain(asks, says("end")), chain(says("other"), says("end")), EMPTY, parks)


async def test_parks_where_a_send_has_nowhere_to_go(deployments: Deployments) -> None:
    def sending(names: list[str]) -> Builder:
        builder: Builder = StateGraph(Log)
        nodes: list[Node] = [says("begin"), asks]
        for node in nodes:
            builder.add_node("part" if node is asks and "part" in names else node.__name__, node)
        builder.add_edge(START, "begin")
        builder.add_conditional_edges("begin", lambda state: [Send(names[0], state)], names)
        return builder

    async def parks(handle: Handle) -> None:
        assert "node 'part', which runs next, is gone" in (await parked(handle))["error"]
        await recover(handle, "abort")

    await deployments.run(sending(["part"]), sending(["asks"]), EMPTY, parks)


class Number(TypedDict):
    amount: int


class Word(TypedDict):
    amount: list[str]


def asks_for(_state: Any) -> Any:
    interrupt("Well?")
    return {}


async def test_parks_where_a_value_of_the_state_does_not_fit_any_more(deployments: Deployments) -> None:
    async def parks(handle: Handle) -> None:
        assert "amount does not fit any more (Input should be a valid list)" in (await parked(handle))["error"]
        await recover(handle, "abort")

    before, after = chain(asks_for, schema=Number), chain(asks_for, schema=Word)
    await deployments.run(before, after, {"amount": 5}, parks)
