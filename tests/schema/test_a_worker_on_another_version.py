import pytest

from orchestrator.errors import SchemaMismatch
from tests.schema.releases import CONTRACTS, EXPANDS, query, release, versions
from tests.support.stores import acquired, lease, put


async def test_a_new_one_creates_the_tables_of_an_empty_database(checkpoints: str) -> None:
    async with release(checkpoints, EXPANDS) as store:
        await store.prepare()
    assert versions(checkpoints) == [1, 2]


async def test_a_new_one_does_not_migrate_and_says_who_does(checkpoints: str) -> None:
    async with release(checkpoints) as store:
        await store.setup()
    async with release(checkpoints, EXPANDS) as store:
        with pytest.raises(SchemaMismatch, match=r"schema version 1, and release \S+ needs 2: run `orchestrator"):
            await store.prepare()
    assert versions(checkpoints) == [1]


async def test_an_older_one_goes_on_when_something_was_added(checkpoints: str) -> None:
    async with release(checkpoints) as old, release(checkpoints, EXPANDS) as new:
        await old.setup()
        await new.setup()
        await old.prepare()
        await put(await acquired(old, lease()))
        await old.setup()
    assert versions(checkpoints) == [1, 2]


async def test_an_older_one_is_refused_when_something_was_taken_away(checkpoints: str) -> None:
    async with release(checkpoints) as old, release(checkpoints, EXPANDS, CONTRACTS) as new:
        await new.setup()
        for start in (old.prepare, old.setup):
            with pytest.raises(SchemaMismatch, match=r"for releases that know 3 or later; release \S+ knows 1: deploy"):
                await start()


async def test_one_that_runs_meanwhile_hears_the_same(checkpoints: str) -> None:
    async with release(checkpoints) as old, release(checkpoints, EXPANDS, CONTRACTS) as new:
        await old.setup()
        await old.put_value("key", b"value")
        await new.setup()
        with pytest.raises(SchemaMismatch, match="deploy a newer one"):
            await old.put_value("key", b"value")
        with pytest.raises(SchemaMismatch, match="deploy a newer one"):
            await old.get_value("key")


async def test_who_only_reads_an_empty_database_is_told_to_set_it_up(checkpoints: str) -> None:
    async with release(checkpoints) as store:
        with pytest.raises(SchemaMismatch, match="has no tables of ours: run `orchestrator setup`"):
            await store.latest("thread")


async def test_tables_of_an_older_langgraph_are_named(postgres: str) -> None:
    async with release(postgres) as store:
        await store.setup()
        query(postgres, "DELETE FROM checkpoint_migrations WHERE v > 7")
        with pytest.raises(SchemaMismatch, match="LangGraph's checkpoint tables of version 7, and 9 is needed"):
            await store.prepare()
        await store.setup()
        await store.prepare()


async def test_a_user_who_may_not_create_tables_works_and_cannot_set_up(postgres: str) -> None:
    query(postgres, "CREATE ROLE plain LOGIN")
    try:
        as_plain = postgres.replace("postgres:", "plain:", 1)
        async with release(as_plain) as store:
            with pytest.raises(SchemaMismatch, match=r"this user may not create them .*: run `orchestrator setup`"):
                await store.prepare()
        async with release(postgres) as owner:
            await owner.setup()
        query(postgres, "GRANT ALL ON ALL TABLES IN SCHEMA public TO plain")
        async with release(as_plain) as store:
            await store.prepare()
            await put(await acquired(store, lease()))
    finally:
        query(postgres, "DROP OWNED BY plain")
        query(postgres, "DROP ROLE plain")
