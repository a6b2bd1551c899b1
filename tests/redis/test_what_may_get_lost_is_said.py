from collections.abc import Iterator

import pytest

from orchestrator.checkpoints.redis_health import weak_spots
from orchestrator.checkpoints.redis_server import RedisServer
from orchestrator.testing import redis_server


@pytest.fixture(scope="module")
def durable() -> Iterator[str]:
    with redis_server() as server:
        yield server.url


async def found(url: str, *changes: tuple[str, str]) -> list[str]:
    """The weak spots of a server after changes of its settings."""
    server = RedisServer(url)
    try:
        for name, value in changes:
            await server("CONFIG", "SET", name, value)
        return await weak_spots(server)
    finally:
        await server.close()


@pytest.mark.parametrize(
    ("setting", "before", "weak", "said"),
    [
        ("appendfsync", "always", "everysec", "a killed server loses the last second or two; set it to always"),
        ("appendonly", "yes", "no", "since the last snapshot; set it to yes"),
        ("maxmemory-policy", "noeviction", "allkeys-lru", "a full server deletes threads; set it to noeviction"),
    ],
)
async def test_of_each_setting_with_what_to_do(durable: str, setting: str, before: str, weak: str, said: str) -> None:
    assert await found(durable) == []
    [spot] = await found(durable, (setting, weak))
    assert spot.startswith(setting)
    assert said in spot
    assert await found(durable, (setting, before)) == []


async def test_and_what_the_server_does_not_tell_is_taken_for_sound(durable: str) -> None:
    server = RedisServer(durable)
    await server("ACL", "SETUSER", "worker", "on", ">secret", "~*", "+@all", "-info", "-config")
    await server.close()
    assert await found(durable.replace("redis://", "redis://worker:secret@")) == []
