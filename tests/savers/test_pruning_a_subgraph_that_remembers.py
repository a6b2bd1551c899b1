"""`checkpointer=True`: its state outlives each call. A checkpoint of the root is told to be incomplete where that state
has gone."""

import operator
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt

from orchestrator.calls import Rewind
from orchestrator.checkpoints.store import CheckpointStore
from tests.support.deltas import CONFIG, on
from tests.support.stores import EVERY_DATABASE, SERDE, acquired, lease, stores

ASKS_AT, STEPS = 4, 9


class State(TypedDict):
    count: int


class Memory(TypedDict):
    count: int
    total: Annotated[int, operator.add]


def adds(state: Memory) -> dict[str, int]:
    return {"total": state["count"]}


def asks(state: Memory) -> dict[str, int]:
    if state["count"] == ASKS_AT:
        interrupt("Go on?")
    return {"count": state["count"] + 1}


def graph(saver: Any) -> Any:
    inner = StateGraph(Memory).add_node("adds", adds).add_node("asks", asks)
    remembers = inner.add_edge(START, "adds").add_edge("adds", "asks").add_edge("asks", END).compile(checkpointer=True)
    outer = StateGraph(State).add_node("remembers", remembers).add_edge(START, "remembers")
    outer.add_conditional_edges("remembers", lambda state: END if state["count"] == STEPS else "remembers")
    return outer.compile(checkpointer=saver)


async def run(store: CheckpointStore, *, pruned: bool) -> None:
    """Until it asks, and from the answer to its end."""
    base = ""
    runs = graph(await acquired(store, lease()))
    inputs: list[Any] = [{"count": 0}, Command(resume="yes")]
    for value in inputs:
        async for _ in runs.astream(value, CONFIG, durability="sync"):
            if pruned:
                await store.prune(lease(), base)
        base = await store.latest("thread") or ""


async def remembered(store: CheckpointStore) -> dict[int, tuple[bool, int]]:
    """What each checkpoint of the root would begin afresh with, by step, and whether it is told to be incomplete."""
    found = {}
    for saved in [one for one in await store.saved("thread") if not one.namespace]:
        copy = f"copy-{saved.checkpoint_id}"
        await store.branch("thread", lease(thread=copy), Rewind(checkpoint_id=saved.checkpoint_id, afresh=True), SERDE)
        inner = await store.saver(None, SERDE).aget_tuple(on(copy, checkpoint_ns="remembers"))
        total = inner.checkpoint["channel_values"].get("total", 0) if inner else 0
        found[saved.step] = saved.incomplete, total
    return found


@EVERY_DATABASE
async def test_leaves_it_told_where_its_state_has_gone(checkpoints: str, tmp_path: Path) -> None:
    async with stores(checkpoints) as (store,), stores(f"sqlite:///{tmp_path}/whole.db") as (whole,):
        await run(whole, pruned=False)
        await run(store, pruned=True)
        was, found = await remembered(whole), await remembered(store)
        assert not any(incomplete for incomplete, _ in was.values())
        kept = [step for step, (incomplete, _) in found.items() if not incomplete]
        assert STEPS in kept
        assert {step: found[step] for step in kept} == {step: was[step] for step in kept}
        assert [step for step in found if found[step] != was[step]] == [ASKS_AT]
