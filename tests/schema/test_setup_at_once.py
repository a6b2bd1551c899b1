import asyncio
import contextlib

import pytest

from orchestrator.checkpoints.schema import Migration
from tests.schema.releases import EXPANDS, load_recorded, query, release, versions

AT_ONCE = 4


async def test_by_several_on_an_empty_database(checkpoints: str) -> None:
    async with contextlib.AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(release(checkpoints, EXPANDS)) for _ in range(AT_ONCE)]
        await asyncio.gather(*(store.setup() for store in stores[:2]), *(store.prepare() for store in stores[2:]))
    assert versions(checkpoints) == [1, 2]


async def test_by_several_on_one_from_before_there_were_versions(checkpoints: str) -> None:
    load_recorded(checkpoints)
    async with contextlib.AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(release(checkpoints, EXPANDS)) for _ in range(AT_ONCE)]
        await asyncio.gather(*(store.setup() for store in stores))
    assert versions(checkpoints) == [1, 2]


async def test_a_step_that_fails_is_not_taken_for_done(checkpoints: str) -> None:
    broken = Migration(2, (*EXPANDS.steps, "ALTER TABLE nowhere ADD COLUMN note TEXT"))
    async with release(checkpoints) as old, release(checkpoints, broken) as new:
        await old.setup()
        with pytest.raises(Exception, match="nowhere"):
            await new.setup()
        await old.prepare()
    assert versions(checkpoints) == [1]


async def test_an_index_whose_building_was_interrupted_is_built_anew(postgres: str) -> None:
    unique = "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS orchestrator_holds_by ON orchestrator_holds (held_by)"
    async with release(postgres, Migration(2, (unique,))) as store:
        await store.setup()
        query(postgres, "DELETE FROM orchestrator_schema WHERE version = 2; DROP INDEX orchestrator_holds_by")
        query(postgres, "INSERT INTO orchestrator_holds VALUES ('a', 'ann', '', ''), ('b', 'ann', '', '')")
        with pytest.raises(Exception, match="orchestrator_holds_by"):
            await store.setup()
        valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'orchestrator_holds_by'::regclass"
        assert query(postgres, valid) == [(False,)]
        query(postgres, "DELETE FROM orchestrator_holds")
        await store.setup()
        assert query(postgres, valid) == [(True,)]
    assert versions(postgres) == [1, 2]
