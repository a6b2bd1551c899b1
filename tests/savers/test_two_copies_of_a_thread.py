"""Two attempts that make the same copy at the same time: the first makes it, the later one has it."""

import asyncio
from typing import Any

import psycopg

from orchestrator.calls import Rewind
from tests.support.stores import SERDE, acquired, lease, put, rows, stores

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def somebody_waits(url: str) -> None:
    """Return once a session of the database waits for a lock."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as conn:
        while True:
            row = await (await conn.execute(WAITING)).fetchone()
            if row is not None and row[0]:
                return
            await asyncio.sleep(0.01)


async def test_are_made_once(postgres: str) -> None:
    async with stores(postgres, 2) as (ours, theirs):
        where = await put(await acquired(ours, lease()))
        rewind = Rewind(checkpoint_id=where["configurable"]["checkpoint_id"])
        copied, go_on = asyncio.Event(), asyncio.Event()

        async def on_copied(*_: Any) -> None:
            copied.set()
            await go_on.wait()

        ours.on_copied = on_copied
        first = asyncio.create_task(ours.branch("thread", lease(1, 1, thread="copy", run="reset"), rewind, SERDE))
        await copied.wait()
        later = asyncio.create_task(theirs.branch("thread", lease(1, 2, thread="copy", run="reset"), rewind, SERDE))
        await somebody_waits(postgres)
        go_on.set()
        await asyncio.gather(first, later)
        assert await rows(ours, "copy") == await rows(ours, "thread")
        await put(theirs.saver(lease(1, 2, thread="copy", run="reset"), SERDE), "copy")
