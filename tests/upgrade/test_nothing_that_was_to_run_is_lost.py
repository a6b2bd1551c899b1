"""Changed graphs that LangGraph alone would end half done, without a word, and changes that are none of these."""

from typing import Any

import pytest
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from orchestrator.activity.fingerprints import first_fingerprint
from orchestrator.devserver import DevServer
from tests.recovery.parking import parked, recover
from tests.support.graphs import EMPTY, Builder, Log, says
from tests.support.local import decide, open_tasks, output
from tests.upgrade.deployments import Deployments


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


def graph(schema: Any = Log, **after: str | list[str]) -> Builder:
    """A graph by its nodes, and what each of them comes after: `""` is the start, `"a+b"` two that it waits for
    together, a list several edges. Those called `asks…` ask."""
    builder: Builder = StateGraph(schema)
    for name in after:
        builder.add_node(name, asks if name.startswith("asks") else says(name))
    for name, sources in after.items():
        for source in [sources] if isinstance(sources, str) else sources:
            builder.add_edge(source.split("+") if "+" in source else source or START, name)
    return builder


def holding(**after: str | list[str]) -> Builder:
    """A graph whose first node is such a graph."""
    builder: Builder = StateGraph(Log)
    builder.add_node("inner", graph(**after).compile())
    builder.add_node("end", says("end"))
    builder.add_edge(START, "inner")
    builder.add_edge("inner", "end")
    return builder


class Noted(Log, total=False):
    note: str


MISFITS: dict[str, tuple[Builder, Builder, str]] = {
    "a node of a subgraph that asked is renamed": (
        holding(asks=""),
        holding(asks_now=""),
        "node 'inner/asks', which runs next, is gone",
    ),
    "what follows a finished sibling is renamed": (
        graph(b="", asks="", x="b"),
        graph(b="", asks="", y="b"),
        "node 'x', which runs next, is gone",
    ),
    "a join has another source": (
        graph(b="", asks="", d="b+asks"),
        graph(b="", e="", asks="", d="b+asks+e"),
        "node 'd' does not wait for b+asks together any more, and one of them has run",
    ),
    "a join has its sources in another order": (
        graph(a="", b="a", c="a", asks="c", d="b+asks"),
        graph(a="", b="a", c="a", asks="c", d="asks+b"),
        "node 'd' does not wait for b+asks together any more, and one of them has run",
    ),
    "a new join waits for what has run already": (
        graph(a="", asks="a"),
        graph(a="", asks="a", d="a+asks"),
        "node 'd' is to wait for 'a', which had run before it did",
    ),
    "a node that asked waits for others together as well": (
        graph(asks=""),
        graph(asks=["", "b+c"], b="asks", c="asks"),
        "what leads to 'asks' was changed after it had begun",
    ),
}
FITS: dict[str, tuple[Builder, Builder, list[str]]] = {
    "a node is added": (graph(asks="", end="asks"), graph(asks="", more="asks", end="more"), ["yes", "more", "end"]),
    "a node that has run is renamed": (graph(a="", asks="a"), graph(b="", asks="b"), ["a", "yes"]),
    "a key is added": (graph(asks=""), graph(Noted, asks=""), ["yes"]),
    "a node is added to a subgraph": (holding(asks=""), holding(asks="", more="asks"), ["yes", "more", "end"]),
    "a join that has not begun has another source": (
        graph(asks="", b="asks", c="asks", d="b+c"),
        graph(asks="", b="asks", c="asks", e="asks", d="b+c+e"),
        ["yes", "b", "c", "e", "d"],
    ),
}


@pytest.fixture
async def deployments(temporal: DevServer, checkpoints: str) -> Deployments:
    return Deployments(await temporal.client(), checkpoints)


async def test_parks_and_check_compat_says_so_before(deployments: Deployments) -> None:
    after = {name: new for name, (_, new, _) in MISFITS.items()}
    async with deployments.version({name: old for name, (old, _, _) in MISFITS.items()}):
        handles = {name: await deployments.local.graph(name, EMPTY) for name in MISFITS}
        for handle in handles.values():
            await open_tasks(handle)
    said = await deployments.checked(after)
    async with deployments.version(after):
        for name, handle in handles.items():
            await decide(handle, values="yes")
            error = (await parked(handle))["error"]
            assert error.startswith(f"GraphChanged: Graph {name!r} was changed under this stage: {MISFITS[name][2]}.")
            assert said[name] == ("parks", error.removeprefix("GraphChanged: "))
            await recover(handle, "abort")


async def test_goes_on_where_nothing_is_lost(deployments: Deployments) -> None:
    after = {name: new for name, (_, new, _) in FITS.items()}
    async with deployments.version({name: old for name, (old, _, _) in FITS.items()}):
        handles = {name: await deployments.local.graph(name, EMPTY) for name in FITS}
        for handle in handles.values():
            await open_tasks(handle)
    assert await deployments.checked(after) == dict.fromkeys(FITS, ("fits", ""))
    async with deployments.version(after):
        for name, handle in handles.items():
            await decide(handle, values="yes")
            assert (await output(handle))["log"] == FITS[name][2], name


async def test_a_thread_with_a_fingerprint_of_the_first_format_is_looked_at_as_well(
    deployments: Deployments, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = graph(a="", b="a", c="a", asks="c", d="b+asks")
    new = graph(a="", b="a", c="a", asks="c", d="asks+b")
    assert first_fingerprint(old.compile()) == first_fingerprint(new.compile())
    with monkeypatch.context() as patched:
        patched.setattr("orchestrator.activity.compiled.fingerprint", first_fingerprint)
        async with deployments.version({"work": old}):
            handle = await deployments.local.graph("work", EMPTY)
            await open_tasks(handle)
    assert await deployments.checked({"work": old}) == {"work": ("fits", "")}
    async with deployments.version({"work": new}):
        await decide(handle, values="yes")
        assert "node 'd' does not wait for b+asks together any more" in (await parked(handle))["error"]
        await recover(handle, "abort")
