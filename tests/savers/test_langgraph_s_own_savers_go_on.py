"""A thread is in LangGraph's own tables and format: whoever leaves us takes it along, and whoever comes brings it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command, interrupt

from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.stores import Saver, acquired, lease, stores

CONFIG: RunnableConfig = {"configurable": {"thread_id": "thread"}}


def ask(_state: Log) -> Log:
    return {"log": [interrupt("and?")]}


def again(_state: Log) -> Log:
    return {"log": [interrupt("and then?")]}


GRAPH = chain(says("first"), ask, says("second"), again, says("third"))


@asynccontextmanager
async def langgraph_s(url: str) -> AsyncIterator[Saver]:
    opened = (
        AsyncSqliteSaver.from_conn_string(url.removeprefix("sqlite:///"))
        if url.startswith("sqlite:")
        else AsyncPostgresSaver.from_conn_string(url)
    )
    async with opened as saver:
        await saver.setup()
        yield saver


async def test_with_a_thread_of_ours_and_we_with_theirs(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,), langgraph_s(checkpoints) as theirs:
        ours = GRAPH.compile(checkpointer=await acquired(store, lease()))
        bare = GRAPH.compile(checkpointer=theirs)
        await ours.ainvoke(EMPTY, CONFIG)
        await bare.ainvoke(Command(resume="answered there"), CONFIG)
        result = await ours.ainvoke(Command(resume="answered here"), CONFIG)
        assert result["log"] == ["first", "answered there", "second", "answered here", "third"]
        assert (await bare.aget_state(CONFIG)).values == result
