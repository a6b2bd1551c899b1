import asyncio

import pytest

from orchestrator.errors import ConfigurationError, Outage, Refused
from orchestrator.identity.jwks import KeySet
from tests.identity.keys import key_server, key_set, public, signed, verifier


async def test_are_fetched_once_for_many_tokens() -> None:
    async with key_server() as server, key_set(server) as keys:
        verifies = verifier(keys)
        await asyncio.gather(*(verifies.verify(signed("ES256"), "loan-1") for _ in range(20)))
        assert server.fetched == 1


async def test_are_fetched_again_for_a_key_that_is_new() -> None:
    async with key_server() as server, key_set(server, cooldown_seconds=0) as keys:
        verifies = verifier(keys)
        await verifies.verify(signed("ES256"), "loan-1")
        server.keys = [public("ES256", "next")]
        assert (await verifies.verify(signed("ES256", "next"), "loan-1")).subject == "ann"
        with pytest.raises(Refused, match="There is no key 'ES256'"):
            await verifies.verify(signed("ES256"), "loan-1")


async def test_are_not_fetched_for_every_key_that_somebody_makes_up() -> None:
    async with key_server() as server, key_set(server) as keys:
        verifies = verifier(keys)
        for number in range(20):
            with pytest.raises(Refused, match="There is no key"):
                await verifies.verify(signed("ES256", f"made-up-{number}"), "loan-1")
        assert server.fetched == 1


async def test_that_are_cached_count_while_their_server_is_down() -> None:
    async with key_server() as server, key_set(server, cooldown_seconds=0) as keys:
        verifies = verifier(keys)
        await verifies.verify(signed("ES256"), "loan-1")
        await server.stop()
        assert (await verifies.verify(signed("ES256"), "loan-1")).subject == "ann"
        with pytest.raises(Outage):
            await verifies.verify(signed("ES256", "next"), "loan-1")
        assert (await verifies.verify(signed("ES256"), "loan-1")).subject == "ann"


async def test_that_cannot_be_had_now_are_had_later() -> None:
    async with key_server() as server, key_set(server) as keys:
        verifies = verifier(keys)
        await server.stop()
        with pytest.raises(Outage, match="cannot be had"):
            await verifies.verify(signed("ES256"), "loan-1")
        await server.start()
        assert (await verifies.verify(signed("ES256"), "loan-1")).subject == "ann"


@pytest.mark.parametrize("page", ["<h1>Maintenance</h1>", "[]", "{}", '{"keys": []}', '{"keys": "none"}', ""])
async def test_whose_server_answers_with_something_else_are_an_outage(page: str) -> None:
    async with key_server() as server, key_set(server) as keys:
        server.page = page
        with pytest.raises(Outage, match="cannot be had"):
            await verifier(keys).verify(signed("ES256"), "loan-1")


async def test_whose_server_is_slow_hold_nothing_else_up() -> None:
    async with key_server() as server, key_set(server) as keys:
        server.slow.clear()
        verifies = verifier(keys)
        waiting = asyncio.create_task(verifies.verify(signed("ES256"), "loan-1"))
        while not server.fetched:  # the loop turns, or the server in it could not have been asked
            await asyncio.sleep(0)
        assert not waiting.done()
        server.slow.set()
        assert (await waiting).subject == "ann"


@pytest.mark.parametrize("url", ["http://id.example.org/keys", "file:///etc/passwd", "id.example.org", ""])
def test_by_a_way_that_is_not_safe_are_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="https://"):
        KeySet(url)
