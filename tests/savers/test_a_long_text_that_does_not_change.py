"""LangGraph's saver for PostgreSQL writes it again with every checkpoint."""

from typing import Any, TypedDict

import psycopg
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, empty_checkpoint
from langgraph.checkpoint.base.id import uuid6
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, interrupt

from tests.support.graphs import chain
from tests.support.stores import SERDE, Saver, acquired, lease, stores

TEXT = "a page of it, " * 10_000
CONFIG: RunnableConfig = {"configurable": {"thread_id": "thread"}}


class State(TypedDict, total=False):
    text: str
    count: int


def one(state: State) -> State:
    return {"count": state["count"] + 1}


def two(state: State) -> State:
    return {"count": state["count"] + 1}


def ask(state: State) -> State:
    return {"count": state["count"] + int(interrupt("how many?"))}


def three(state: State) -> State:
    return {"count": state["count"] + 1}


def graph(saver: Saver) -> CompiledStateGraph[Any, Any, Any, Any]:
    return chain(one, two, ask, three, schema=State).compile(checkpointer=saver)


async def times_kept(url: str) -> tuple[int, int]:
    """How often it stands in checkpoints, and how often beside them."""
    async with await psycopg.AsyncConnection.connect(url) as conn:
        found = await conn.execute(
            "SELECT (SELECT count(*) FROM checkpoints WHERE length(checkpoint::text) > 100000),"
            " (SELECT count(*) FROM checkpoint_blobs WHERE channel = 'text')"
        )
        row = await found.fetchone()
    assert row is not None
    return row[0], row[1]


async def test_is_kept_once_by_all_attempts_and_found_by_each(postgres: str) -> None:
    async with stores(postgres) as (store,):
        await graph(await acquired(store, lease())).ainvoke({"text": TEXT, "count": 0}, CONFIG, durability="sync")
        result = await graph(await acquired(store, lease(2))).ainvoke(Command(resume=5), CONFIG, durability="sync")
    assert result == {"text": TEXT, "count": 8}
    assert await times_kept(postgres) == (0, 1)


async def test_of_a_thread_that_langgraph_s_saver_began_is_kept_too(postgres: str) -> None:
    async with AsyncPostgresSaver.from_conn_string(postgres) as theirs, stores(postgres) as (store,):
        await graph(theirs).ainvoke({"text": TEXT, "count": 0}, CONFIG)
        ours = await acquired(store, lease())
        result = await graph(ours).ainvoke(Command(resume=5), CONFIG, durability="sync")
        assert result == {"text": TEXT, "count": 8}
        for saver in (ours, theirs):
            assert (await graph(saver).aget_state(CONFIG)).values == result


async def test_is_there_in_each_thread_that_one_saver_writes(postgres: str) -> None:
    checkpoint: Checkpoint = empty_checkpoint() | {
        "channel_values": {"text": TEXT},
        "channel_versions": {"text": "+1.a"},
    }
    async with stores(postgres) as (store,):
        saver = store.saver(None, SERDE)
        for thread in ("one", "another"):
            config: RunnableConfig = {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
            for step in range(2):
                await saver.aput(config, {**checkpoint, "id": str(uuid6())}, {"source": "loop", "step": step}, {})
            saved = await saver.aget_tuple(config)
            assert saved is not None
            assert saved.checkpoint["channel_values"] == {"text": TEXT}
