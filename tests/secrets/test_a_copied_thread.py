"""A copy of a thread is sealed anew as its own, with the answers that it keeps."""

from typing import TypedDict

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt

from orchestrator.calls import Location, Rewind
from orchestrator.errors import SealBroken
from tests.support.stores import EVERY_DATABASE, SERDE, acquired, lease, stores

pytestmark = [pytest.mark.usefixtures("keys"), EVERY_DATABASE]


class State(TypedDict, total=False):
    name: str
    seen: list[str]


def first(state: State) -> State:
    return {"seen": [state["name"]]}


def second(state: State) -> State:
    return {"seen": [*state["seen"], interrupt("one?"), interrupt("two?")]}


def graph() -> StateGraph[State, None, State, State]:
    built = StateGraph(State).add_node("first", first).add_node("second", second)
    return built.add_edge(START, "first").add_edge("first", "second").add_edge("second", END)


def on(thread: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread}}


async def test_it_goes_on_from_the_first_answer(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        there, here = on("there"), on("here")
        original = graph().compile(checkpointer=await acquired(store, lease(thread="there")))
        await original.ainvoke({"name": "ann"}, there)
        [asked] = await store.asked("there", SERDE)
        [question] = asked.interrupts  # both have its id
        await original.ainvoke(Command(resume={question.id: "A"}), there)
        upto = await store.latest("there")
        assert upto is not None
        waiting = [Location(checkpoint_ns=asked.checkpoint_ns, task_id=asked.task_id, answered=1)]
        assert (await original.ainvoke(Command(resume={question.id: "B"}), there))["seen"] == ["ann", "A", "B"]

        held = lease(thread="here", run="another")
        await store.branch("there", held, Rewind(checkpoint_id=upto, waiting=waiting), SERDE)
        assert await store.answered("here", asked.checkpoint_ns, asked.task_id, SERDE) == 1
        copy = graph().compile(checkpointer=store.saver(held, SERDE))
        assert [task.name for task in (await copy.aget_state(here)).tasks] == ["second"]
        await copy.ainvoke(None, here)
        assert (await copy.ainvoke(Command(resume={question.id: "C"}), here))["seen"] == ["ann", "A", "C"]


async def test_rows_that_were_swapped_before_are_not_sealed_anew(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        for thread, name in (("there", "ann"), ("other", "eve")):
            compiled = graph().compile(checkpointer=await acquired(store, lease(thread=thread)))
            await compiled.ainvoke({"name": name}, on(thread))
        upto = await store.latest("other") or ""
        # As if somebody had moved the rows of `other` to `there`: copied in SQL, sealed for `other` still.
        store.inner.on_copied = None  # type: ignore[attr-defined]
        await store.branch("other", lease(thread="moved"), Rewind(checkpoint_id=upto), SERDE)
        with pytest.raises(SealBroken, match="was written for"):
            await store.saver(None, SERDE).aget_tuple(on("moved"))
        store.inner.on_copied = store._copied  # type: ignore[attr-defined]
        with pytest.raises(SealBroken, match="was written for"):
            await store.branch("moved", lease(thread="here"), Rewind(checkpoint_id=upto), SERDE)
        assert await store.latest("here") is None
