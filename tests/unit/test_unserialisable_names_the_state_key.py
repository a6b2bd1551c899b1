import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import pytest
from langgraph.func import entrypoint
from langgraph.graph import START, StateGraph
from langgraph.pregel import Pregel
from langgraph.types import Send, interrupt

from orchestrator.errors import Unserialisable
from tests.support.graphs import EMPTY, Builder, Log, fan
from tests.support.stores import acquired, lease, stores

LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Document:
    """What a node should not have kept open."""

    title: str
    scan: Any = None


class Archive(TypedDict):
    documents: list[Document]


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty store."""
    if request.param == "postgresql":
        made: str = request.getfixturevalue("postgres")
        return made
    return "memory://" if request.param == "memory" else f"sqlite:///{tmp_path / 'checkpoints.db'}"


async def complaint(url: str, graph: Builder | Pregel[Any, Any, Any, Any], value: Any) -> str:
    """What is said of a run that cannot be written down."""
    async with stores(url) as (store,):
        saver = await acquired(store, lease())
        bound = (
            graph.compile(checkpointer=saver) if isinstance(graph, StateGraph) else graph.copy({"checkpointer": saver})
        )
        with pytest.raises(Unserialisable) as caught:
            await bound.ainvoke(value, {"configurable": {"thread_id": "thread"}}, durability="sync")
    return str(caught.value)


def says(place: str) -> str:
    return f"The state cannot be checkpointed: {place} is a lock ("


async def test_of_a_value_in_the_state(url: str) -> None:
    def scans(_state: Archive) -> Archive:
        return {"documents": [*(Document(title) for title in "abc"), Document("d", LOCK)]}

    assert says("state['documents'][3].scan") in await complaint(url, fan(scans, schema=Archive), {"documents": []})


async def test_of_what_a_task_wrote_beside_one_that_asks(url: str) -> None:
    """The step never ends, so its state is not written: the writes of its finished tasks are."""

    def finishes(_state: Log) -> Log:
        return {"log": [{"handle": LOCK}]}

    def asks(_state: Log) -> Log:
        return {"log": [interrupt("well?")]}

    assert says("state['log'][0]['handle']") in await complaint(url, fan(finishes, asks), EMPTY)


async def test_of_a_question(url: str) -> None:
    def asks(_state: Log) -> Log:
        return {"log": [interrupt({"shows": LOCK})]}

    assert says("interrupt[0].value['shows']") in await complaint(url, fan(asks), EMPTY)


async def test_of_what_is_sent_to_a_node(url: str) -> None:
    builder: Builder = StateGraph(Log)
    builder.add_node("first", lambda _state: EMPTY)
    builder.add_node("second", lambda _state: EMPTY)
    builder.add_edge(START, "first")
    builder.add_conditional_edges("first", lambda _state: [Send("second", {"with": LOCK})], ["second"])
    assert says("send[0].arg['with']") in await complaint(url, builder, EMPTY)


async def test_of_what_an_entrypoint_returns(url: str) -> None:
    @entrypoint()
    async def returns(_value: int) -> dict[str, Any]:
        return {"open": LOCK}

    assert says("result['open']") in await complaint(url, returns, 1)
