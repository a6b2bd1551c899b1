import asyncio
import random
from pathlib import Path

from orchestrator.checkpoints.postgres import PostgresStore
from orchestrator.checkpoints.sqlite import SqliteStore
from orchestrator.checkpoints.store import CheckpointStore
from tests.support.stores import acquired, lease, put

CUTS = 300


async def cut_off(store: CheckpointStore, longest_seconds: float) -> None:
    """Cancel writes at any point of their way, and see that the next one finds a connection in good order."""
    chance = random.Random(3)
    saver = await acquired(store, lease())
    await put(saver)
    for step in range(CUTS):
        writer = asyncio.create_task(put(saver, step=step))
        if step % 2:
            await asyncio.sleep(chance.uniform(0, longest_seconds))
        else:
            for _ in range(chance.randrange(40)):
                await asyncio.sleep(0)
        writer.cancel()
        await asyncio.wait([writer])
        async with asyncio.timeout(5):
            await put(saver, step=CUTS + step)


async def test_on_sqlite_no_open_transaction(tmp_path: Path) -> None:
    async with SqliteStore("sqlite:///", str(tmp_path / "checkpoints.db")) as store:
        await store.setup()
        await cut_off(store, 0.002)


async def test_on_postgresql_no_connection_is_lost(postgres: str) -> None:
    async with PostgresStore(postgres, max_connections=2) as store:
        await store.setup()
        await cut_off(store, 0.006)
