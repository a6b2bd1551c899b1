import asyncio
import random
from pathlib import Path
from typing import Any

from orchestrator.checkpoints.postgres import PostgresStore
from orchestrator.checkpoints.redis import RedisStore
from orchestrator.checkpoints.sqlite import SqliteStore
from orchestrator.checkpoints.store import CheckpointStore
from tests.support.stores import Saver, acquired, lease, put, put_writes

ROUNDS = 40
WRITERS = 10


async def writing(saver: Saver) -> None:
    while True:
        await put_writes(saver, await put(saver))


async def cut(writer: "asyncio.Task[Any]", after_seconds: float) -> bool:
    """Whether a writer that is cancelled after a while stops."""
    await asyncio.sleep(after_seconds)
    writer.cancel()
    await asyncio.wait([writer], timeout=3)
    stopped = writer.done()
    writer.cancel()
    await asyncio.wait([writer])
    return stopped


async def cut_off(store: CheckpointStore) -> None:
    """Cancel writers at any point of their way, and see that the next ones find connections in good order."""
    chance = random.Random(3)
    saver = await acquired(store, lease())
    for _ in range(ROUNDS):
        writers = [asyncio.create_task(writing(saver)) for _ in range(WRITERS)]
        stopped = await asyncio.gather(*(cut(writer, chance.uniform(0, 0.03)) for writer in writers))
        assert all(stopped), "a writer went on in spite of its cancel"
        async with asyncio.timeout(5):
            await asyncio.gather(*(put(saver) for _ in range(WRITERS)))


async def test_on_sqlite_no_open_transaction(tmp_path: Path) -> None:
    async with SqliteStore("sqlite:///", str(tmp_path / "checkpoints.db")) as store:
        await store.setup()
        await cut_off(store)


async def test_on_postgresql_no_connection_is_lost(postgres: str) -> None:
    async with PostgresStore(postgres, max_connections=4) as store:
        await store.setup()
        await cut_off(store)


async def test_on_redis_no_connection_is_lost(redis: str) -> None:
    async with RedisStore(redis) as store:
        await cut_off(store)
