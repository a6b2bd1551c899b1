from typing import Any

import pytest
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from orchestrator.checkpoints.open import open_store
from orchestrator.testing import redis_server
from tests.support.graphs import EMPTY, Log
from tests.support.stores import SERDE, lease

KEY = "one:" + "A" * 43 + "="
MARKS = ("said-in-the-state", "asked-of-a-person", "kept-as-a-value", "remembered-for-long")


def says(_state: Log) -> Log:
    return {"log": [MARKS[0], interrupt(MARKS[1])]}


def waits(_state: Log) -> Log:
    return {"log": [MARKS[0]]}


@pytest.mark.parametrize("encrypted", [True, False])
async def test_in_the_servers_log(encrypted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if encrypted:
        monkeypatch.setenv("ORCHESTRATOR_ENCRYPTION_KEYS", KEY)
    builder: Any = StateGraph(Log)
    builder.add_node("waits", waits).add_node("says", says).add_edge(START, "waits").add_edge("waits", "says")
    config: Any = {"configurable": {"thread_id": "thread"}}
    with redis_server() as server:
        async with open_store(server.new_database()) as store:
            await store.acquire(lease())
            await builder.compile(checkpointer=store.saver(lease(), SERDE)).ainvoke(EMPTY, config, durability="sync")
            await store.put_value("key", MARKS[2].encode())
            await store.memory().aput(("people",), "ann", {"age": MARKS[3]})
            asked = await store.asked("thread", SERDE)
        log = b"".join(file.read_bytes() for file in server.folder.rglob("*") if file.is_file())
    assert [question.interrupts[0].value for question in asked] == [MARKS[1]]
    assert {mark for mark in MARKS if mark.encode() in log} == (set() if encrypted else set(MARKS))
