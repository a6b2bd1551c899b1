from typing import Any, LiteralString

import pytest

from orchestrator.errors import LeaseLost
from tests.schema.releases import EXPANDS, load_recorded, query, release, versions
from tests.support.stores import acquired, lease, put, rows

TABLES: tuple[LiteralString, ...] = (
    "checkpoints",
    "orchestrator_leases",
    "orchestrator_values",
    "orchestrator_continued",
    "orchestrator_holds",
    "store",
)


def contents(url: str) -> dict[str, list[Any]]:
    return {table: query(url, "SELECT * FROM " + table) for table in TABLES}


async def test_is_version_1_and_loses_nothing(checkpoints: str) -> None:
    load_recorded(checkpoints)
    before = contents(checkpoints)
    assert all(before.values())
    async with release(checkpoints) as store:
        await store.setup()
        assert contents(checkpoints) == before
        assert versions(checkpoints) == [1]
        assert len(await rows(store)) == 6
        with pytest.raises(LeaseLost):
            await store.acquire(lease(2, 2))
        await put(await acquired(store, lease(3, 1)), step=4)
        assert await store.get_value("value") == b"kept"


async def test_a_worker_goes_on_with_it_before_anybody_has_run_setup(checkpoints: str) -> None:
    load_recorded(checkpoints)
    async with release(checkpoints) as store:
        await store.prepare()
        await put(await acquired(store, lease(3, 1)), step=4)
    with pytest.raises(Exception, match="orchestrator_schema"):
        versions(checkpoints)


async def test_is_brought_to_a_later_version_at_once(checkpoints: str) -> None:
    load_recorded(checkpoints)
    async with release(checkpoints, EXPANDS) as store:
        await store.setup()
    assert versions(checkpoints) == [1, 2]
    assert query(checkpoints, "SELECT thread_id, turn, note FROM orchestrator_leases") == [("thread", 2, None)]
