"""As by a workflow that is cancelled, and then by a worker that ends."""

import asyncio
from pathlib import Path

import pytest

from tests.savers.locks import locked
from tests.support.stores import acquired, lease, put, rows, stores


async def test_is_not_left_open(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'checkpoints.db'}"
    async with stores(url) as (store,):
        async with locked(url, "thread"):
            taking = asyncio.create_task(store.acquire(lease()))
            for _ in range(2):  # the first while it waits for the file, the second while it takes that back
                await asyncio.wait([taking], timeout=0.1)
                taking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await taking
        await put(await acquired(store, lease()))
        async with asyncio.timeout(5), locked(url, "thread"):  # nobody else has the file
            assert len(await rows(store)) == 1
