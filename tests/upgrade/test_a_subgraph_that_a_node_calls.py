"""A graph that only shows when a node calls it is watched while it goes on: what it drops is not written."""

from typing import Any

import pytest
from langgraph.graph import START, StateGraph

from orchestrator.devserver import DevServer
from tests.recovery.parking import parked, recover
from tests.support.graphs import EMPTY, Builder, Log, Node, says
from tests.support.local import decide, open_tasks, output
from tests.upgrade.deployments import Deployments
from tests.upgrade.test_nothing_that_was_to_run_is_lost import graph, holding

MISFITS: dict[str, tuple[Builder, Builder, str]] = {
    "its node that asked is renamed": (graph(asks=""), graph(asks_now=""), "asks"),
    "one of two that asked is renamed": (
        graph(a="", asks="a", asks_too="a"),
        graph(a="", asks="a", then="asks"),
        "asks_too",
    ),
    "what follows a finished sibling is renamed": (graph(b="", asks="", x="b"), graph(b="", asks="", y="b"), "x"),
    "a join has another source": (graph(b="", asks="", d="b+asks"), graph(b="", e="", asks="", d="b+asks+e"), "d"),
    "a join has its sources in another order": (
        graph(a="", b="a", c="a", asks="c", d="b+asks"),
        graph(a="", b="a", c="a", asks="c", d="asks+b"),
        "d",
    ),
}
FITS: dict[str, tuple[Builder, Builder, list[str]]] = {
    "a node is added": (graph(asks=""), graph(asks="", more="asks"), ["yes", "more"]),
    "a join was half done": (
        graph(b="", asks="", d="b+asks", e="d"),
        graph(b="", asks="", d="b+asks", f="d"),
        ["yes", "b", "d", "f"],
    ),
}


def calling(inner: Builder, *, sync: bool = False) -> Builder:
    """A graph whose first node calls another one, found by neither the engine nor LangGraph before it does."""
    found: dict[str, Any] = {"graph": lambda: inner}

    async def calls(_state: Log) -> Any:
        return await found["graph"]().compile().ainvoke(EMPTY)

    def calls_sync(_state: Log) -> Any:
        return found["graph"]().compile().invoke(EMPTY)

    builder: Builder = StateGraph(Log)
    node: Node = calls_sync if sync else calls
    builder.add_node("calls", node)
    builder.add_node("end", says("end"))
    builder.add_edge(START, "calls")
    builder.add_edge("calls", "end")
    assert not list(builder.compile().get_subgraphs())
    return builder


@pytest.fixture
async def deployments(temporal: DevServer, checkpoints: str) -> Deployments:
    return Deployments(await temporal.client(), checkpoints)


@pytest.mark.parametrize("sync", [False, True], ids=["async", "sync"])
async def test_parks_before_the_node_ends_and_goes_on_with_a_version_that_fits(
    deployments: Deployments, sync: bool
) -> None:
    before = {name: calling(old, sync=sync) for name, (old, _, _) in MISFITS.items()}
    async with deployments.version(before):
        handles = {name: await deployments.local.graph(name, EMPTY) for name in MISFITS}
        for name, handle in handles.items():
            await open_tasks(handle, 2 if "two" in name else 1)
    async with deployments.version({name: calling(new, sync=sync) for name, (_, new, _) in MISFITS.items()}):
        for name, handle in handles.items():
            for task in await handle.query("tasks"):
                await decide(handle, task_id=task["task_id"], values="yes")
            error = (await parked(handle))["error"]
            assert (
                f"GraphChanged: Graph {name!r} was changed under this stage: node 'calls/{MISFITS[name][2]}'" in error
            )
    async with deployments.version(before):
        for name, handle in handles.items():
            # Where a node beside it has run by then, what that leads to is the other version's.
            again = name in ("its node that asked is renamed", "what follows a finished sibling is renamed")
            await recover(handle, "retry" if again else "abort")
            assert not again or (await output(handle))["log"][-1] == "end"


async def test_parks_where_the_node_does_not_call_it_any_more(deployments: Deployments) -> None:
    before = holding(asks="")
    async with deployments.version({"work": before}):
        handle = await deployments.local.graph("work", EMPTY)
        await open_tasks(handle)
    async with deployments.version({"work": graph(inner="", end="inner")}):
        await decide(handle, "reject")
        assert "was changed under this stage: what asked in node 'inner' is gone" in (await parked(handle))["error"]
    async with deployments.version({"work": before}):
        await recover(handle, "retry")
        assert await output(handle) == {"log": [False, "end"]}


async def test_goes_on_where_nothing_is_dropped(deployments: Deployments) -> None:
    async with deployments.version({name: calling(old) for name, (old, _, _) in FITS.items()}):
        handles = {name: await deployments.local.graph(name, EMPTY) for name in FITS}
        for handle in handles.values():
            await open_tasks(handle)
    async with deployments.version({name: calling(new) for name, (_, new, _) in FITS.items()}):
        for name, handle in handles.items():
            await decide(handle, values="yes")
            assert await output(handle) == {"log": [*FITS[name][2], "end"]}
