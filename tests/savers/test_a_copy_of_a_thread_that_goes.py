"""A thread may be pruned or deleted while a copy of it is made, by the attempt that a reset has replaced, or by the
retention: then there is a whole copy, or none."""

import asyncio
import contextlib

import psycopg

from orchestrator.calls import Rewind
from orchestrator.errors import ThreadLost
from tests.savers.test_two_copies_of_a_thread import somebody_waits
from tests.support.stores import SERDE, acquired, lease, put, put_writes, rows, stores


async def test_is_whole_or_not_made(postgres: str) -> None:
    async with stores(postgres) as (store,):
        saver = await acquired(store, lease())
        where = await put(saver)
        await put_writes(saver, where)
        before = await rows(store)
        rewind = Rewind(checkpoint_id=where["configurable"]["checkpoint_id"])
        async with await psycopg.AsyncConnection.connect(postgres) as conn:
            await conn.execute("LOCK TABLE checkpoint_writes IN EXCLUSIVE MODE")
            branching = asyncio.create_task(store.branch("thread", lease(thread="copy"), rewind, SERDE))
            await somebody_waits(postgres)
            for table in ("checkpoints", "checkpoint_writes"):
                await conn.execute(psycopg.sql.SQL("DELETE FROM {}").format(psycopg.sql.Identifier(table)))
        with contextlib.suppress(ThreadLost):
            await branching
        assert await rows(store, "copy") in (before, set())
