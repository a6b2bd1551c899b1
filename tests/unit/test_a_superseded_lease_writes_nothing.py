from collections.abc import Awaitable, Callable

import pytest
from langchain_core.runnables import RunnableConfig

from orchestrator.errors import LeaseLost
from tests.support.stores import Saver, acquired, lease, put, put_writes, rows, stores

Write = Callable[[Saver, RunnableConfig], Awaitable[object]]

WRITES: dict[str, Write] = {
    "a checkpoint": lambda saver, _: put(saver, step=9),
    "what a task did": put_writes,
    "deleting the thread": lambda saver, _: saver.adelete_thread("thread"),
    "pruning": lambda saver, _: saver.aprune(["thread"]),
    "deleting runs": lambda saver, _: saver.adelete_for_runs(["run"]),
    "copying the thread over itself": lambda saver, _: saver.acopy_thread("thread", "thread"),
}


@pytest.fixture(params=["memory", "sqlite", "postgresql", "redis", "dynamodb"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "memory":
        return "memory://"
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('tmp_path') / 'checkpoints.db'}"
    return str(request.getfixturevalue("postgres" if request.param == "postgresql" else request.param))


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
async def test_whatever_it_tries(url: str, write: Write) -> None:
    async with stores(url) as (store,):
        old = await acquired(store, lease(1, 1))
        where = await put(old)
        await put_writes(old, where)
        before = await rows(store)
        await acquired(store, lease(1, 2))
        with pytest.raises((LeaseLost, NotImplementedError)):
            await write(old, where)
        assert await rows(store) == before


async def test_but_it_may_read(url: str) -> None:
    async with stores(url) as (store,):
        old = await acquired(store, lease(1, 1))
        where = await put(old)
        await acquired(store, lease(1, 2))
        saved = await old.aget_tuple(where)
        assert saved is not None
        assert saved.config["configurable"]["checkpoint_id"] == where["configurable"]["checkpoint_id"]
