"""Each ciphertext is bound to its row: whoever can write to the database can destroy, and not rearrange."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt

from orchestrator.checkpoints.store import CheckpointStore
from orchestrator.errors import SealBroken
from tests.support.stores import SERDE, acquired, lease, stores

pytestmark = pytest.mark.usefixtures("keys")


class State(TypedDict, total=False):
    limit: int
    payee: dict[str, str]
    said: Annotated[list[str], lambda old, new: old + new]


def first(state: State) -> State:
    return {"payee": {"of": str(state["limit"])}, "said": ["one"]}


def second(state: State) -> State:
    return {"said": [interrupt("May I?")]}


def graph() -> StateGraph[State, None, State, State]:
    built = StateGraph(State).add_node("first", first).add_node("second", second)
    return built.add_edge(START, "first").add_edge("first", "second").add_edge("second", END)


async def ran(store: CheckpointStore, thread: str, limit: int) -> RunnableConfig:
    config: RunnableConfig = {"configurable": {"thread_id": thread}, "metadata": {"customer": thread}}
    compiled = graph().compile(checkpointer=await acquired(store, lease(thread=thread)))
    await compiled.ainvoke({"limit": limit}, config)
    return config


async def read(store: CheckpointStore, thread: str) -> Sequence[Any]:
    return [saved async for saved in store.saver(None, SERDE).alist({"configurable": {"thread_id": thread}})]


SWAPS = {
    "the state of another thread": "UPDATE checkpoints AS c SET checkpoint = (SELECT checkpoint FROM checkpoints AS o "
    "WHERE o.thread_id = 'rich' ORDER BY checkpoint_id DESC LIMIT 1) WHERE thread_id = 'poor'",
    "the metadata of another thread": "UPDATE checkpoints AS c SET metadata = (SELECT metadata FROM checkpoints AS o "
    "WHERE o.thread_id = 'rich' ORDER BY checkpoint_id DESC LIMIT 1) WHERE thread_id = 'poor'",
    "an older state of the same thread": "UPDATE checkpoints SET checkpoint = (SELECT checkpoint FROM checkpoints AS o "
    "WHERE o.thread_id = 'poor' ORDER BY checkpoint_id LIMIT 1) WHERE thread_id = 'poor'",
    "what another thread's task wrote": "UPDATE writes SET value = (SELECT value FROM writes AS o "
    "WHERE o.thread_id = 'rich' AND o.channel = writes.channel LIMIT 1) WHERE thread_id = 'poor'",
    "what another channel was written": "UPDATE writes SET value = (SELECT value FROM writes AS o "
    "WHERE o.thread_id = 'poor' AND o.channel = 'said' LIMIT 1) WHERE thread_id = 'poor' AND channel = 'payee'",
}


@pytest.mark.parametrize("swap", SWAPS)
async def test_a_swapped_row_is_refused_by_name(swap: str, tmp_path: Path) -> None:
    file = tmp_path / "checkpoints.db"
    async with stores(f"sqlite:///{file}") as (store,):
        await ran(store, "poor", 10)
        await ran(store, "rich", 1_000_000)
        assert len(await read(store, "poor")) == 3
        with sqlite3.connect(file) as database:
            assert database.execute(SWAPS[swap]).rowcount
        database.close()
        with pytest.raises(SealBroken, match="was written for"):
            await read(store, "poor")


async def test_a_thread_is_gone_on_with_and_its_metadata_is_found(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        config = await ran(store, "thread", 10)
        saver = store.saver(lease(thread="thread"), SERDE)
        found = [saved async for saved in saver.alist(None, filter={"customer": "thread", "source": "loop"}, limit=1)]
        assert [saved.metadata.get("step") for saved in found] == [1]
        [asked] = await store.asked("thread", SERDE)
        assert [question.value for question in asked.interrupts] == ["May I?"]
        assert await store.answered("thread", asked.checkpoint_ns, asked.task_id, SERDE) == 0
        from langgraph.types import Command

        done = await graph().compile(checkpointer=saver).ainvoke(Command(resume="yes"), config)
        assert done == {"limit": 10, "payee": {"of": "10"}, "said": ["one", "yes"]}
        assert await store.answered("thread", asked.checkpoint_ns, asked.task_id, SERDE) == 1
