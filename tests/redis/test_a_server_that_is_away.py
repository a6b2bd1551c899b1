import pytest

from orchestrator.checkpoints.open import open_store
from orchestrator.devserver import free_port
from orchestrator.errors import LeaseLost, StoreUnavailable
from orchestrator.testing import RedisServer, redis_server
from tests.support.redis_rows import back_up, lose, restore
from tests.support.stores import SERDE, acquired, lease, put, put_writes, rows, stores


async def test_is_named_without_its_password() -> None:
    port = free_port()
    with pytest.raises(StoreUnavailable, match=f"Redis at 127.0.0.1:{port}, database 3 does not answer") as refusal:
        async with open_store(f"redis://ann:hunter2@127.0.0.1:{port}/3"):
            pass
    assert refusal.value.retryable
    assert "hunter2" not in str(refusal.value)


async def test_and_comes_back_has_all_that_it_acknowledged_and_knows_the_lease() -> None:
    with redis_server() as server:
        async with stores(server.new_database(), 2) as (store, other):
            old, new = await acquired(store, lease(1, 1)), await acquired(other, lease(1, 2))
            where = await put(new)
            await put_writes(new, where)
            before = await rows(store)
            restart(server)
            assert await rows(store) == before
            with pytest.raises(LeaseLost):
                await put(old)
            await put(new)


async def test_writes_when_it_is_back() -> None:
    with redis_server() as server:
        async with stores(server.new_database()) as (store,):
            saver = await acquired(store, lease())
            server.kill()
            with pytest.raises(StoreUnavailable):
                await put(saver)
            with pytest.raises(StoreUnavailable):
                await store.prune(lease())
            server.start()
            await store.prune(lease())
            await put(saver)
            assert len(await rows(store)) == 1


async def test_that_lost_what_it_had_acknowledged_takes_nothing_that_builds_on_it(redis: str) -> None:
    """As after a failover to a replica that lags behind, or without `appendfsync always`."""
    async with stores(redis) as (store,):
        saver = await acquired(store, lease())
        first = await put(saver)
        back_up(redis)
        second = await put(saver, parent=first)
        restore(redis)
        with pytest.raises(StoreUnavailable, match="has lost the latest of thread thread"):
            await put(saver, parent=second)
        await put(saver, parent=first)


async def test_that_lost_a_lease_it_had_acknowledged_takes_nothing_either(redis: str) -> None:
    async with stores(redis) as (store,):
        await acquired(store, lease(1, 1))
        back_up(redis)
        saver = await acquired(store, lease(1, 2))
        restore(redis)
        with pytest.raises(StoreUnavailable, match="has lost the latest"):
            await put(saver)
        lose(redis)
        with pytest.raises(StoreUnavailable, match="has lost the latest"):
            await put(saver)
        await put(await acquired(store, lease(1, 3)))


async def test_that_lost_a_lease_it_had_acknowledged_prunes_nothing(redis: str) -> None:
    """The stage goes on with the next attempt: it was not replaced by a later one."""
    async with stores(redis) as (store,):
        await acquired(store, lease(1, 1))
        back_up(redis)
        await acquired(store, lease(1, 2))
        for lost in (restore, lose):
            lost(redis)
            with pytest.raises(StoreUnavailable, match="has lost the latest"):
                await store.prune(lease(1, 2))
        await acquired(store, lease(1, 3))
        with pytest.raises(LeaseLost):
            await store.prune(lease(1, 2))


async def test_that_is_full_refuses_and_writes_again_when_there_is_room() -> None:
    with redis_server("--maxmemory", "1") as server:
        url = server.new_database()
        async with open_store(url) as store:
            with pytest.raises(StoreUnavailable, match="maxmemory"):
                await store.acquire(lease())
            await store.rows("holds")
            async with open_store(url) as operator:
                await operator.server("CONFIG", "SET", "maxmemory", "0")  # type: ignore[attr-defined]
            await store.acquire(lease())
            await put(store.saver(lease(), SERDE))


def restart(server: RedisServer) -> None:
    server.kill()
    server.start()
