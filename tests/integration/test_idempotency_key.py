from typing import Any, TypedDict

import pytest
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, RetryPolicy, Send, interrupt

from orchestrator.waits import idempotency_key
from tests.support.graphs import EMPTY, Builder, Log, chain
from tests.support.local import QUICK_RETRIES, decide, open_tasks, output, serving

keys: list[str] = []


def note(name: str = "charge") -> str:
    """The key, written down each time that the node comes by."""
    keys.append(idempotency_key(name))
    return keys[-1]


def outage(state: Log) -> Log:
    note()
    if len(keys) < 3:
        raise ConnectionError("away")
    return {"log": ["paid"]}


def asks_twice(_state: Log) -> Log:
    note()
    return {"log": [interrupt("first?"), interrupt("second?")]}


async def test_is_the_same_on_every_attempt_of_the_activity() -> None:
    keys.clear()
    async with serving(pay=chain(outage)) as local:
        assert await output(
            await local.graph("pay", EMPTY, options={"retry": QUICK_RETRIES | {"maximum_attempts": 3}})
        ) == {"log": ["paid"]}
    assert len(keys) == 3
    assert len(set(keys)) == 1


async def test_is_the_same_on_every_retry_of_the_node() -> None:
    keys.clear()
    builder: Builder = StateGraph(Log)
    builder.add_node("outage", outage, retry_policy=RetryPolicy(initial_interval=0.01, max_attempts=3))
    builder.add_edge(START, "outage")
    async with serving(pay=builder) as local:
        handle = await local.graph("pay", EMPTY, options={"retry": {"maximum_attempts": 1}})
        assert await output(handle) == {"log": ["paid"]}
    assert len(keys) == 3
    assert len(set(keys)) == 1


async def test_is_the_same_when_the_node_is_resumed_with_answers() -> None:
    keys.clear()
    async with serving(ask=chain(asks_twice)) as local:
        handle = await local.graph("ask", EMPTY)
        for _ in range(2):
            (task,) = await open_tasks(handle)
            await decide(handle, task_id=task["task_id"])
        await output(handle)
    assert len(keys) == 3
    assert len(set(keys)) == 1


class Count(TypedDict):
    count: int


def looping(state: Count) -> Command[Any]:
    note()
    count = state["count"] + 1
    return Command(update={"count": count}, goto="looping" if count < 4 else END)


def fanned(state: Count) -> None:
    note()
    assert state["count"] >= 0


def fan_out(_state: Count) -> list[Send]:
    return [Send("fanned", {"count": number}) for number in range(4)]


async def test_differs_between_the_executions_of_a_node_in_a_loop() -> None:
    keys.clear()
    async with serving(loop=chain(looping, schema=Count)) as local:
        assert await output(await local.graph("loop", {"count": 0})) == {"count": 4}
    assert len(set(keys)) == len(keys) == 4


async def test_differs_between_the_parallel_executions_of_a_node() -> None:
    keys.clear()
    builder: Builder = StateGraph(Count)
    builder.add_node("fanned", fanned)
    builder.add_conditional_edges(START, fan_out, ["fanned"])
    async with serving(fan=builder) as local:
        await output(await local.graph("fan", {"count": 0}))
    assert len(set(keys)) == len(keys) == 4


async def test_differs_between_names_workflows_and_nodes() -> None:
    keys.clear()

    def one(_state: Log) -> Log:
        return {"log": [note("charge"), note("mail")]}

    def two(_state: Log) -> Log:
        return {"log": [note("charge")]}

    async with serving(pay=chain(one, two)) as local:
        first = (await output(await local.graph("pay", EMPTY)))["log"]
        second = (await output(await local.graph("pay", EMPTY)))["log"]
    assert len(set(first + second)) == 6
    assert all(len(key) == 32 and int(key, 16) for key in first)


def test_outside_a_node_says_so() -> None:
    with pytest.raises(RuntimeError, match="only inside a graph node"):
        idempotency_key("charge")
