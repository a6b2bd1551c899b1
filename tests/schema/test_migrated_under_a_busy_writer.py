import asyncio
from typing import Any
from urllib.parse import urlsplit

import psycopg

from orchestrator.checkpoints.schema import Migration
from tests.schema.releases import Store, query, release, versions
from tests.support.stores import acquired, lease, put, put_writes, rows

WRITERS = 5
INDEX = "CREATE INDEX CONCURRENTLY IF NOT EXISTS orchestrator_leases_run ON orchestrator_leases (run_id)"
SQLITE_INDEX = INDEX.replace("CONCURRENTLY ", "")
ADDS_A_COLUMN = "ALTER TABLE orchestrator_leases ADD COLUMN note TEXT"


class Writer:
    """A run on a worker of the release before."""

    def __init__(self, store: Store, thread: str) -> None:
        self.store, self.thread = store, thread
        self.written: set[str] = set()
        self.more = asyncio.Event()

    async def write(self) -> None:
        """Without end; each turn is a lease taken, a checkpoint and what a task did."""
        for turn in range(10**9):
            saver = await acquired(self.store, lease(turn, thread=self.thread))
            where = await put(saver, self.thread)
            await put_writes(saver, where)
            self.written.add(where["configurable"]["checkpoint_id"])
            self.more.set()

    async def writes_on(self) -> None:
        """Return once two more turns have come through."""
        for _ in range(2):
            self.more.clear()
            await self.more.wait()


def next_release(url: str) -> Migration:
    index = SQLITE_INDEX if urlsplit(url).scheme == "sqlite" else INDEX
    return Migration(2, (ADDS_A_COLUMN, index))


async def test_nobody_fails_and_every_row_is_there(checkpoints: str) -> None:
    async with release(checkpoints) as old, release(checkpoints, next_release(checkpoints)) as new:
        await old.setup()
        writers = [Writer(old, f"thread-{number}") for number in range(WRITERS)]
        async with asyncio.TaskGroup() as group:
            writing = [group.create_task(writer.write()) for writer in writers]
            await asyncio.gather(*(writer.writes_on() for writer in writers))
            await new.setup()
            await asyncio.gather(*(writer.writes_on() for writer in writers))
            for task in writing:
                task.cancel()
        for writer in writers:
            assert writer.written <= await rows(new, writer.thread)
    assert versions(checkpoints) == [1, 2]


async def test_a_column_waits_for_a_long_transaction_and_writers_do_not(postgres: str) -> None:
    async with (
        release(postgres) as old,
        release(postgres, next_release(postgres)) as new,
        await psycopg.AsyncConnection.connect(postgres) as dump,
    ):
        await old.setup()
        await dump.execute("SELECT count(*) FROM orchestrator_leases")
        migrating = asyncio.create_task(new.setup())
        await until(postgres, "SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted")
        writer = Writer(old, "thread")
        writing = asyncio.create_task(writer.write())
        await writer.writes_on()
        assert not migrating.done()
        await dump.rollback()
        await migrating
        await writer.writes_on()
        writing.cancel()
    assert versions(postgres) == [1, 2]


async def until(url: str, statement: Any) -> None:
    """Return once it has an answer."""
    while not await asyncio.to_thread(query, url, statement):
        await asyncio.sleep(0.01)
