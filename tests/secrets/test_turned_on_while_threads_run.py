"""What was written in clear is read as before, until encryption is required."""

import pytest
from langgraph.types import Command

from orchestrator.errors import ConfigurationError, SealBroken
from tests.secrets.conftest import KEY
from tests.secrets.test_rows_cannot_be_swapped import graph, ran
from tests.support.stores import SERDE, lease, stores


async def test_a_thread_in_clear_goes_on_encrypted(checkpoints: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stores(checkpoints) as (store,):
        config = await ran(store, "thread", 10)
        await store.memory().aput(("customers",), "ann", {"since": 2020})
        await store.put_value("thread/output", b"{}")
    monkeypatch.setenv("ORCHESTRATOR_ENCRYPTION_KEYS", KEY)
    async with stores(checkpoints) as (store,):
        saver = store.saver(lease(thread="thread"), SERDE)
        done = await graph().compile(checkpointer=saver).ainvoke(Command(resume="yes"), config)
        assert done == {"limit": 10, "payee": {"of": "10"}, "said": ["one", "yes"]}
        assert await store.get_value("thread/output") == b"{}"
        item = await store.memory().aget(("customers",), "ann")
        assert item is not None
        assert item.value == {"since": 2020}


async def test_required_means_all_of_it(checkpoints: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stores(checkpoints) as (store,):
        config = await ran(store, "thread", 10)
        await store.put_value("thread/output", b"{}")
    monkeypatch.setenv("ORCHESTRATOR_ENCRYPTION_KEYS", KEY)
    monkeypatch.setenv("ORCHESTRATOR_ENCRYPTION_REQUIRED", "true")
    async with stores(checkpoints) as (store,):
        with pytest.raises(SealBroken, match="is not encrypted"):
            await store.saver(None, SERDE).aget_tuple(config)
        with pytest.raises(SealBroken, match="is not encrypted"):
            await store.get_value("thread/output")


async def test_memory_is_found_by_prefix_and_filter_and_not_by_meaning(
    checkpoints: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORCHESTRATOR_ENCRYPTION_KEYS", KEY)
    async with stores(checkpoints) as (store,):
        memory = store.memory()
        for year, name in enumerate(("ann", "bob", "eve")):
            await memory.aput(("customers", "new"), name, {"since": 2020 + year, "name": name})
        found = await memory.asearch(("customers",), filter={"since": {"$gt": 2020}}, limit=1, offset=1)
        assert len(found) == 1
        assert {item.key for item in await memory.asearch(("customers",))} == {"ann", "bob", "eve"}
        assert [item.value for item in await memory.asearch(("customers",), filter={"name": "bob"})] == [
            {"since": 2021, "name": "bob"}
        ]
        await memory.adelete(("customers", "new"), "bob")
        assert await memory.aget(("customers", "new"), "bob") is None
        with pytest.raises(ConfigurationError, match="by meaning"):
            await memory.asearch(("customers",), query="who is new?")
        with pytest.raises(ConfigurationError, match="no index"):
            await memory.aput(("customers",), "ann", {"name": "ann"}, index=["name"])
