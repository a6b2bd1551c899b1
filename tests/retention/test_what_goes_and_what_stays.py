from datetime import timedelta
from typing import Any

import pytest
from langgraph.types import interrupt

from orchestrator.checkpoints.store import Lease, Token
from orchestrator.checkpoints.upkeep import Hold
from orchestrator.devserver import DevServer
from tests.retention.server import application, keeping
from tests.support.graphs import EMPTY, Log, chain, says
from tests.support.local import decide, open_tasks
from tests.support.stores import EVERY_DATABASE, rows


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


@EVERY_DATABASE
async def test_a_thread_goes_once_its_time_is_over_and_temporal_has_forgotten_its_workflow(
    temporal: DevServer, checkpoints: str
) -> None:
    async with keeping(temporal, checkpoints, application(chain(says("one")))) as kept:
        handle = await kept.start("work", EMPTY)
        thread_id = (await handle.result())["thread_id"]
        assert (await kept.sweep()).kept == {"workflow could be reset": 1}
        await kept.forget(handle)
        shown = await kept.sweep(dry_run=True)
        assert await rows(kept.store, thread_id)
        [item] = shown.items
        assert (item.id, item.workflow_id, item.graph, item.because) == (thread_id, handle.id, "work", "due")
        assert item.checkpoints == 3
        assert item.size_bytes > 500
        done = await kept.sweep()
        assert (done.threads, done.size_bytes, done.items) == (1, item.size_bytes, shown.items)
        assert not await rows(kept.store, thread_id)
        assert (await kept.sweep()).model_dump(exclude={"dry_run"}) == {
            "threads": 0,
            "values": 0,
            "size_bytes": 0,
            "kept": {},
            "items": [],
            "left_off": 0,
            "orphans": [],
        }


@pytest.mark.parametrize(
    ("retention", "otherwise", "why"),
    [
        (timedelta(days=90), None, "not due"),
        (None, timedelta(days=90), "not due"),
        (None, None, "for ever"),
        (None, timedelta(0), None),
    ],
)
async def test_each_graph_says_how_long_or_the_settings_do(
    temporal: DevServer, checkpoints: str, retention: Any, otherwise: Any, why: str | None
) -> None:
    async with keeping(temporal, checkpoints, application(chain(says("one")), retention=retention)) as kept:
        await kept.finished("work", EMPTY)
        assert (await kept.sweep(otherwise=otherwise, orphans=True)).kept == ({} if why is None else {why: 1})


async def test_an_open_workflow_keeps_its_threads_and_those_of_an_earlier_one_of_its_id(
    temporal: DevServer, checkpoints: str
) -> None:
    async with keeping(temporal, checkpoints, application(chain(asks))) as kept:
        first = await kept.start("work", EMPTY)
        await open_tasks(first)
        assert (await kept.sweep(orphans=True)).kept == {"workflow is open": 1}
        await decide(first)
        await first.result()
        await kept.forget(first)
        again = await kept.start("work", EMPTY, workflow_id=first.id)
        await open_tasks(again)
        assert set((await kept.sweep(orphans=True)).kept) == {"workflow is open"}
        await again.terminate()


@EVERY_DATABASE
async def test_what_is_held_is_never_touched_until_it_is_released(temporal: DevServer, checkpoints: str) -> None:
    async with keeping(temporal, checkpoints, application(chain(says("one")))) as kept:
        handle = await kept.finished("work", EMPTY)
        [thread] = await kept.upkeep.threads("", 10)
        await kept.upkeep.hold(Hold(handle.id, "ann", "a lawsuit", "2026-01-01"))
        assert (await kept.sweep(orphans=True)).kept == {"held": 1}
        assert not await kept.upkeep.drop(thread), "held after it was looked at"
        assert [hold.reason for hold in await kept.upkeep.holds()] == ["a lawsuit"]
        assert await kept.upkeep.release(handle.id)
        assert not await kept.upkeep.release(handle.id)
        assert (await kept.sweep()).threads == 1


@EVERY_DATABASE
async def test_a_thread_that_is_taken_meanwhile_stays(temporal: DevServer, checkpoints: str) -> None:
    async with keeping(temporal, checkpoints, application(chain(says("one")))) as kept:
        await kept.finished("work", EMPTY)
        [thread] = await kept.upkeep.threads("", 10)
        await kept.store.acquire(Lease(thread.thread_id, thread.run_id, Token(2, 1)))
        assert not await kept.upkeep.drop(thread)
        assert await rows(kept.store, thread.thread_id)


@EVERY_DATABASE
async def test_what_the_next_run_on_a_continued_thread_begins_with_stays(temporal: DevServer, checkpoints: str) -> None:
    async with keeping(temporal, checkpoints, application(chain(says("one")))) as kept:
        for number in (1, 2):
            await (await kept.start("work", {"log": [number]}, f"{kept.app.name}-{number}", thread="t")).result()
        for number in (1, 2):
            await kept.forget(kept.client.get_workflow_handle(f"{kept.app.name}-{number}"))
        assert (await kept.sweep()).kept == {"continued": 2}, "the last one's, and what it began with"
        third = await (await kept.start("work", {"log": [3]}, thread="t")).result()
        assert third["output"] == {"log": [1, "one", 2, "one", 3, "one"]}
        done = await kept.sweep()
        assert (done.threads, done.kept) == (1, {"continued": 2})


async def test_many_threads_go_page_by_page(temporal: DevServer, tmp_path: Any) -> None:
    async with keeping(temporal, f"sqlite:///{tmp_path / 'c.db'}", application(chain(says("one")))) as kept:
        names = [f"{kept.app.name}-{number:03}/0123abcd/work" for number in range(450)]
        for name in names:
            await kept.store.acquire(Lease(name, "run", Token(1, 1)))
        await kept.store.acquire(Lease("a-thread-of-somebody-else", "run", Token(1, 1)))
        done = await kept.sweep()
        assert (done.threads, done.kept) == (450, {"not ours": 1})
