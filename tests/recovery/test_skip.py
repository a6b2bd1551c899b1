from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from tests.recovery.parking import parked, recover
from tests.support.graphs import EMPTY, Log, Node, chain, fan, says
from tests.support.local import decide, open_tasks, output, refusal, serving


def breaks(_state: Log) -> Log:
    raise KeyError("never works")


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


async def test_the_failed_node_is_left_out_and_what_follows_it_runs(checkpoints: str) -> None:
    async with serving(checkpoints=checkpoints, work=chain(says("one"), breaks, says("three"))) as local:
        handle = await local.graph("work", EMPTY)
        await parked(handle)
        await recover(handle, "skip")
        assert await output(handle) == {"log": ["one", "three"]}


async def test_a_last_node_is_left_out_too(checkpoints: str) -> None:
    async with serving(checkpoints=checkpoints, work=chain(says("one"), breaks)) as local:
        handle = await local.graph("work", EMPTY)
        await parked(handle)
        await recover(handle, "skip")
        assert await output(handle) == {"log": ["one"]}


async def test_its_conditional_edge_decides_on_the_state_as_it_is(checkpoints: str) -> None:
    builder = StateGraph(Log)
    nodes: list[Node] = [says("first"), breaks, says("short"), says("long")]
    for node in nodes:
        builder.add_node(node.__name__, node)
    builder.add_edge(START, "first")
    builder.add_edge("first", "breaks")
    builder.add_conditional_edges("breaks", lambda state: "short" if len(state["log"]) == 1 else "long")
    async with serving(checkpoints=checkpoints, work=builder) as local:
        handle = await local.graph("work", EMPTY)
        await parked(handle)
        await recover(handle, "skip")
        assert await output(handle) == {"log": ["first", "short"]}


async def test_its_siblings_keep_what_they_have_done_and_what_they_ask(checkpoints: str) -> None:
    builder = fan(says("done"), breaks, asks)
    for node in ("done", "breaks", "asks"):
        builder.add_edge(node, "end")
    builder.add_node("end", says("end"))
    async with serving(checkpoints=checkpoints, work=builder) as local:
        handle = await local.graph("work", EMPTY)
        await parked(handle)
        await recover(handle, "skip", node="breaks")
        await open_tasks(handle)
        await decide(handle, values="well")
        log = (await output(handle))["log"]
        assert sorted(log[:2]) == ["done", "well"]
        assert set(log[2:]) == {"end"}


async def test_a_node_that_is_not_open_is_refused(checkpoints: str) -> None:
    async with serving(checkpoints=checkpoints, work=chain(says("one"), breaks)) as local:
        handle = await local.graph("work", EMPTY)
        await parked(handle)
        wrong = {"action": "skip", "node": "one", "by": "op", "reason": "a test"}
        assert await refusal(handle, "recover", wrong) == "Node 'one' is not open; open are: breaks."
        await recover(handle, "abort")
