"""Whoever goes on with a thread, LangGraph's savers or ours, each version sorts after those before it."""

from collections.abc import Callable

import pytest
from langgraph.checkpoint.postgres.base import BasePostgresSaver

from orchestrator.checkpoints.versions import next_version

Next = Callable[[str | None], str]
LANGGRAPH = BasePostgresSaver()


def langgraph_s(current: str | None) -> str:
    return LANGGRAPH.get_next_version(current, None)


def after(*writers: Next) -> list[str]:
    """A hundred versions by each writer, one after the other."""
    found: list[str] = []
    for writer in writers:
        for _ in range(100):
            found.append(writer(found[-1] if found else None))
    return found


@pytest.mark.parametrize(
    "writers",
    [(next_version,), (next_version, langgraph_s, next_version), (langgraph_s, next_version, langgraph_s)],
    ids=["ours", "ours first", "theirs first"],
)
def test_versions_sort_by_age(writers: tuple[Next, ...]) -> None:
    found = after(*writers)
    assert sorted(found) == found
    assert found[0] > ""


def test_no_two_forks_of_a_thread_share_one() -> None:
    base = next_version(None)
    assert len({next_version(base) for _ in range(1000)}) == 1000


def test_ours_take_half_the_bytes() -> None:
    assert len(next_version(None)) * 2 <= len(langgraph_s(None))
