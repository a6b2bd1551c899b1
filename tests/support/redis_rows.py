"""What stands in a Redis checkpointer, read and changed past the engine."""

import contextlib
from collections.abc import Iterator
from typing import Any

import redis

from orchestrator.checkpoints.redis_keys import TAG, Row, ThreadKeys, Written, parts_of

KEPT = "kept:"


@contextlib.contextmanager
def connection(url: str) -> Iterator[Any]:
    """A client."""
    with contextlib.closing(redis.Redis.from_url(url)) as client:
        yield client


def threads(client: Any) -> list[str]:
    """The ids of all threads."""
    return [name.decode() for name in client.zrange(f"{TAG}threads", 0, -1)]


def checkpoints(url: str) -> list[tuple[str, str, str, str | None]]:
    """Thread, namespace, checkpoint and parent of each."""
    with connection(url) as client:
        return [
            (thread, *_two(place), Row.of(packed).parent or None)
            for thread in threads(client)
            for place, packed in client.hgetall(ThreadKeys.of(thread).checkpoints).items()
        ]


def rows(url: str) -> list[tuple[Any, ...]]:
    """Every checkpoint, write and lease."""
    found: list[tuple[Any, ...]] = [("checkpoint", *row) for row in checkpoints(url)]
    with connection(url) as client:
        for thread in threads(client):
            keys = ThreadKeys.of(thread)
            writes = client.hgetall(keys.writes).items()
            found += [("write", thread, *parts_of(place), Written.of(packed).channel) for place, packed in writes]
            found.append(("lease", thread, *client.hmget(keys.lease, "run", "turn", "attempt")))
    return found


def back_up(url: str) -> None:
    """Keep everything as it is now."""
    with connection(url) as client:
        for key in client.scan_iter(f"{TAG}*"):
            client.copy(key, KEPT.encode() + key)


def lose(url: str) -> None:
    """Delete everything."""
    with connection(url) as client:
        for key in client.scan_iter(f"{TAG}*"):
            client.delete(key)


def restore(url: str) -> None:
    """Put back what was kept, and nothing else."""
    lose(url)
    with connection(url) as client:
        for key in client.scan_iter(f"{KEPT}*"):
            client.copy(key, key.removeprefix(KEPT.encode()))


def _two(place: bytes) -> tuple[str, str]:
    namespace, checkpoint_id = parts_of(place)
    return namespace, checkpoint_id
