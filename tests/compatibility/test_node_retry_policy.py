from langgraph.graph import StateGraph
from langgraph.types import RetryPolicy, interrupt

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Builder, Log
from tests.support.local import output, serving

tries: list[int] = []


def flaky(_state: Log) -> Log:
    tries.append(1)
    if len(tries) % 3:
        raise ValueError
    return {"log": ["third try"]}


def asks(_state: Log) -> Log:
    answer = interrupt("go on?")
    tries.append(1)
    if len(tries) % 3:
        raise ValueError
    return {"log": [answer]}


POLICY = RetryPolicy(initial_interval=0.01, jitter=False, max_attempts=3, retry_on=ValueError)


def graph(node: object) -> Builder:
    builder: Builder = StateGraph(Log)
    builder.add_node("node", node, retry_policy=POLICY)  # type: ignore[call-overload]
    builder.set_entry_point("node")
    return builder


async def test_retries_the_node_alone() -> None:
    tries.clear()
    assert await agreed(graph(flaky), EMPTY) == {"log": ["third try"]}
    assert len(tries) == 6


async def test_costs_no_attempt_of_the_stage() -> None:
    tries.clear()
    async with serving(graph=graph(flaky)) as local:
        handle = await local.graph("graph", EMPTY, options={"retry": {"maximum_attempts": 1}})
        assert await output(handle) == {"log": ["third try"]}


async def test_retries_a_node_with_the_answer_it_was_given(checkpoints: str) -> None:
    tries.clear()
    assert await agreed(graph(asks), EMPTY, {"go on?": "yes"}, checkpoints=checkpoints) == {"log": ["yes"]}
    assert len(tries) == 6
