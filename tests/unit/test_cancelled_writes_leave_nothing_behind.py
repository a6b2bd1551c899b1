import asyncio
import random
from pathlib import Path
from typing import Any

from orchestrator.checkpoints.postgres import PostgresStore
from orchestrator.checkpoints.sqlite import SqliteStore
from orchestrator.checkpoints.store import CheckpointStore
from tests.support.stores import acquired, lease, put

ROUNDS = 60
WRITERS = 10


async def cut(writer: "asyncio.Task[Any]", after_seconds: float) -> None:
    await asyncio.sleep(after_seconds)
    writer.cancel()
    await asyncio.wait([writer])


async def cut_off(store: CheckpointStore, longest_seconds: float) -> None:
    """Cancel writes at any point of their way, and see that the next ones find connections in good order."""
    chance = random.Random(3)
    saver = await acquired(store, lease())
    for step in range(ROUNDS):
        writers = [asyncio.create_task(put(saver, step=step)) for _ in range(WRITERS)]
        await asyncio.gather(*(cut(writer, chance.uniform(0, longest_seconds)) for writer in writers))
        async with asyncio.timeout(5):
            await asyncio.gather(*(put(saver, step=step) for _ in range(WRITERS)))


async def test_on_sqlite_no_open_transaction(tmp_path: Path) -> None:
    async with SqliteStore("sqlite:///", str(tmp_path / "checkpoints.db")) as store:
        await store.setup()
        await cut_off(store, 0.01)


async def test_on_postgresql_no_connection_is_lost(postgres: str) -> None:
    async with PostgresStore(postgres, max_connections=4) as store:
        await store.setup()
        await cut_off(store, 0.03)
