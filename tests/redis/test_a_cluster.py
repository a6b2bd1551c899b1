"""All keys have one hash tag, so one node has them all; the URL may be that of any."""

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis as driver

from orchestrator.checkpoints.open import open_store
from orchestrator.checkpoints.upkeep import ThreadRow, upkeep
from orchestrator.devserver import free_port
from orchestrator.errors import LeaseLost
from orchestrator.testing import RedisServer, redis_server
from tests.redis.test_a_copy_that_was_not_finished import BRANCH, original
from tests.support.stores import SERDE, acquired, lease, put, rows, stores

SLOTS = ((0, 8191), (8192, 16383))
OPTIONS = ("--cluster-enabled", "yes", "--databases", "1", "--cluster-node-timeout", "1000", "--cluster-port")


def join(nodes: tuple[RedisServer, RedisServer]) -> None:
    """Make two nodes one cluster."""
    clients: list[Any] = [driver.Redis.from_url(node.url) for node in nodes]
    for client, (first, last) in zip(clients, SLOTS, strict=True):
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", first, last)
    clients[0].execute_command("CLUSTER", "MEET", "127.0.0.1", nodes[1].port, int(nodes[1].options[-1]))
    for client in clients:
        while client.cluster("INFO")["cluster_state"] != "ok":
            time.sleep(0.02)
        client.close()


@pytest.fixture(scope="module")
def cluster() -> Iterator[tuple[str, str]]:
    with redis_server(*OPTIONS, str(free_port())) as one, redis_server(*OPTIONS, str(free_port())) as two:
        join((one, two))
        yield one.url, two.url


@pytest.fixture
def nodes(cluster: tuple[str, str]) -> tuple[str, str]:
    """The URLs of both, with nothing in them."""
    for url in cluster:
        with contextlib.closing(driver.Redis.from_url(url)) as client:
            client.flushall()
    return cluster


async def test_serves_whichever_of_its_nodes_the_url_is_of(nodes: tuple[str, str]) -> None:
    async with open_store(nodes[0]) as store, open_store(nodes[1]) as other:
        await store.setup()
        await other.setup()
        old, new = await acquired(store, lease(1, 1)), await acquired(other, lease(1, 2))
        await put(new)
        with pytest.raises(LeaseLost):
            await put(old)
        assert len(await rows(store)) == len(await rows(other)) == 1


async def test_takes_every_operation(nodes: tuple[str, str]) -> None:
    async with stores(nodes[1]) as (store,):
        rewind = await original(store)
        await store.branch("thread", lease(1, 1, thread=BRANCH), rewind, SERDE)
        assert await rows(store, BRANCH) == await rows(store)
        await store.prune(lease())
        await store.put_value("key", b"value")
        await store.memory().aput(("people",), "ann", {"age": 7})
        assert await store.get_value("key") == b"value"
        assert await store.memory().asearch(("people",))
        threads = await upkeep(store).threads("", 10)
        assert threads == [ThreadRow("thread", "run", 1, 1), ThreadRow(BRANCH, "run", 1, 1)]
        assert await upkeep(store).drop(threads[0])
        assert await rows(store) == set()
