from typing import Self

import psycopg
from langchain_core.runnables import RunnableConfig
from langgraph.graph import START, StateGraph

from orchestrator.checkpoints.sqlite import SqliteStore
from orchestrator.checkpoints.store import CheckpointStore
from tests.support.graphs import EMPTY, Builder, Log, Node
from tests.support.stores import SERDE, acquired, lease, stores

STEPS, NODES = 5, 10
CONFIG: RunnableConfig = {"configurable": {"thread_id": "thread"}}


async def says_a_word(_state: Log) -> Log:
    return {"log": ["word"]}


SAYS: Node = says_a_word


def wide() -> Builder:
    """Steps of parallel nodes."""
    builder: Builder = StateGraph(Log)
    before: list[str] | str = START
    for step in range(STEPS):
        names = [f"n{step}_{number}" for number in range(NODES)]
        for name in names:
            builder.add_node(name, SAYS)
            builder.add_edge(before, name)
        before = names
    return builder


class Commits:
    """Counts the transactions that write."""

    def __init__(self, store: CheckpointStore, url: str) -> None:
        self.store, self.url = store, url
        self.seen: list[str] = []

    async def __aenter__(self) -> Self:
        if isinstance(self.store, SqliteStore):
            await self.store.writer(lambda conn: conn.set_trace_callback(self.seen.append))
        else:
            self.before = await self.transactions()
        return self

    async def __aexit__(self, *exc: object) -> None:
        if isinstance(self.store, SqliteStore):
            await self.store.writer(lambda conn: conn.set_trace_callback(None))
            self.count = self.seen.count("COMMIT")
        else:
            self.count = await self.transactions() - self.before - 1

    async def transactions(self) -> int:
        async with await psycopg.AsyncConnection.connect(self.url) as conn:
            row = await (await conn.execute("SELECT pg_current_xact_id()::text::bigint")).fetchone()
            assert row is not None
            return int(row[0])


async def test_is_committed_with_its_checkpoint(checkpoints: str) -> None:
    async with stores(checkpoints) as (store,):
        graph = wide().compile(checkpointer=await acquired(store, lease()))
        async with Commits(store, checkpoints) as commits:
            result = await graph.ainvoke(EMPTY, CONFIG, durability="sync")
    assert len(result["log"]) == STEPS * NODES
    assert commits.count <= 1.5 * (STEPS + 1), "the input is a step as well"


async def test_leaves_what_each_of_its_nodes_did(checkpoints: str) -> None:
    async with stores(checkpoints, 2) as (store, other):
        graph = wide().compile(checkpointer=await acquired(store, lease()))
        await graph.ainvoke(EMPTY, CONFIG, durability="sync")
        said = [
            sum(channel == "log" for _, channel, _ in saved.pending_writes or [])
            async for saved in other.saver(None, SERDE).alist(CONFIG)
        ]
    assert said == [0] + [NODES] * STEPS + [1], "the latest first; the input is one"
