"""Whether a Redis server is what a checkpointer needs: of a known schema, and durable."""

from collections.abc import Mapping

from redis.exceptions import ResponseError

from orchestrator.checkpoints.redis_keys import SCHEMA
from orchestrator.checkpoints.redis_server import RedisServer
from orchestrator.checkpoints.schema import Migration, Schema

MIGRATIONS = (Migration(1, ()),)
"""There is nothing to create: the first write makes a key. A later release may have something to change."""


async def find_schema(server: RedisServer) -> Schema:
    """What stands in the database. Raises: StoreUnavailable, *retryable*."""
    version, oldest = await server("HMGET", SCHEMA, "version", "oldest")
    return Schema(int(version or 0), int(oldest or 1), int(version or 0))


async def make_schema(server: RedisServer) -> None:
    """Write down the version, where there is none.

    Raises:
        SchemaMismatch: Only newer releases work with what is there. *Retryable.*
    """
    await server("HSETNX", SCHEMA, "version", MIGRATIONS[-1].version)
    await server("HSETNX", SCHEMA, "oldest", MIGRATIONS[-1].oldest)
    (await find_schema(server)).check(server.place, MIGRATIONS)


async def weak_spots(server: RedisServer) -> list[str]:
    """Why what was written may get lost, and what to do; none: it may not, as long as the disk lasts.

    What a managed service does not tell is taken for sound.

    Raises:
        StoreUnavailable: The server does not answer. *Retryable.*
    """
    spots = []
    if (await _told(server, "persistence")).get("aof_enabled") == "0":
        spots.append("appendonly is no: a restart loses what was written since the last snapshot; set it to yes")
    elif await _configured(server, "appendfsync") not in ("always", ""):
        spots.append("appendfsync is not always: a killed server loses the last second or two; set it to always")
    if (policy := (await _told(server, "memory")).get("maxmemory_policy", _KEEPS)) != _KEEPS:
        spots.append(f"maxmemory-policy is {policy}: a full server deletes threads; set it to {_KEEPS}")
    return spots


_KEEPS = "noeviction"


async def _told(server: RedisServer, section: str) -> Mapping[str, str]:
    """A section of INFO; nothing where this user may not ask."""
    try:
        with server.answering(but=ResponseError):
            found = await server.client.info(section)
    except ResponseError:
        return {}
    return {name: str(value) for name, value in found.items()}


async def _configured(server: RedisServer, name: str) -> str:
    """A setting; empty where this user may not ask."""
    try:
        with server.answering(but=ResponseError):
            found = await server.client.config_get(name)
    except ResponseError:
        return ""
    return str(found.get(name, ""))
