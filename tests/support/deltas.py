"""A graph whose state is spread over the history of its thread."""

from collections.abc import Sequence
from typing import Annotated, Any, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.channels.delta import DeltaChannel
from langgraph.graph import END, START, StateGraph
from langgraph.types import Overwrite

from orchestrator.activity.watch import Watch
from orchestrator.activity.watched import WatchedSaver
from orchestrator.calls import StageCall
from orchestrator.checkpoints.store import CheckpointStore
from tests.support.stores import acquired, lease

CONFIG: RunnableConfig = {"configurable": {"thread_id": "thread"}, "recursion_limit": 100}
STEPS = 24


def extend(state: list[Any], writes: Sequence[list[Any]]) -> list[Any]:
    return [*state, *(entry for write in writes for entry in write)]


class State(TypedDict):
    count: int
    often: Annotated[list[int], DeltaChannel(extend, snapshot_frequency=3)]
    seldom: Annotated[list[int], DeltaChannel(extend, snapshot_frequency=4)]
    never: Annotated[list[int], DeltaChannel(extend)]


def step(state: State) -> dict[str, Any]:
    count = state["count"] + 1
    again = Overwrite([0]) if count == STEPS // 2 else [count]
    return {"count": count, "often": again, **({"seldom": [count]} if count % 2 else {})}


def looped(schema: Any, node: Any, until: int = STEPS) -> StateGraph[Any]:
    builder = StateGraph(schema).add_node("step", node).add_edge(START, "step")
    return builder.add_conditional_edges("step", lambda state: END if state["count"] % until == 0 else "step")


async def watched(store: CheckpointStore) -> WatchedSaver:
    """The saver of an attempt."""
    call = StageCall(stage="work", graph="graph", thread_id="thread", turn=1, recursion_limit=100, durability="sync")
    return WatchedSaver(await acquired(store, lease()), Watch(call, ""))


async def run(graph: Any, store: CheckpointStore | None, state: Any, base: str = "") -> Any:
    """The values at the end; with a store, it prunes every few steps."""
    async for update in graph.astream(state, CONFIG, durability="sync"):
        if store is not None and update["step"]["count"] % 4 == 0:
            await store.prune(lease(), base)
    return (await graph.aget_state(CONFIG)).values


def on(thread: str, **checkpoint: str) -> RunnableConfig:
    """Where a thread stands, or stood."""
    return {"configurable": {"thread_id": thread, "checkpoint_ns": "", **checkpoint}}


async def count(store: CheckpointStore) -> int:
    return len(await store.saved("thread"))
