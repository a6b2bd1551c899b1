from typing import Any

from langgraph.types import interrupt
from temporalio.client import WorkflowExecutionStatus

from orchestrator.devserver import DevServer
from tests.schedules.server import Server, ended, scheduling
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import Handle, decide, open_tasks


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


async def first_of_three(server: Server, overlap: Any) -> tuple[str, Handle]:
    """The schedule, and its first run, which waits for a person while two more are due."""
    schedule = await server.create("asks", EMPTY, overlap="skip")
    await server.backfill(schedule, 1, 3, overlap)
    first = await server.started(schedule, 1)
    await open_tasks(first)
    return schedule, first


async def finish(*handles: Handle) -> None:
    for handle in handles:
        await open_tasks(handle)
        await decide(handle)
        await handle.result()


async def test_skip_starts_none_beside_a_run_that_has_not_ended(temporal: DevServer) -> None:
    async with scheduling(temporal, asks=chain(asks)) as server:
        schedule, first = await first_of_three(server, "skip")
        info = await server.until(schedule, lambda info: info.skipped == 2)
        assert info.running == [first.id]
        await finish(first)
        assert (await server.until(schedule, lambda info: not info.running)).runs == 1


async def test_buffer_one_starts_one_more_when_it_has_ended(temporal: DevServer) -> None:
    async with scheduling(temporal, asks=chain(asks)) as server:
        schedule, first = await first_of_three(server, "buffer-one")
        await server.until(schedule, lambda info: info.skipped == 1)
        await finish(first)
        second = await server.started(schedule, 2)
        await finish(second)
        assert (await server.until(schedule, lambda info: not info.running)).runs == 2


async def test_buffer_all_starts_each_one_after_the_other(temporal: DevServer) -> None:
    async with scheduling(temporal, asks=chain(asks)) as server:
        schedule, first = await first_of_three(server, "buffer-all")
        assert (await server.schedules.show(schedule)).running == [first.id]
        for minute in (1, 2, 3):
            await finish(await server.started(schedule, minute))
        assert (await server.until(schedule, lambda info: not info.running)).runs == 3


async def test_allow_all_starts_them_side_by_side(temporal: DevServer) -> None:
    async with scheduling(temporal, asks=chain(asks)) as server:
        schedule, first = await first_of_three(server, "allow-all")
        await finish(first, await server.started(schedule, 3), await server.started(schedule, 2))


async def test_cancel_other_lets_only_the_last_one_finish(temporal: DevServer) -> None:
    async with scheduling(temporal, asks=chain(asks)) as server:
        schedule = await server.create("asks", EMPTY)
        await server.backfill(schedule, 1, overlap="cancel-other")
        first = await server.started(schedule, 1)
        await open_tasks(first)
        await server.backfill(schedule, 2, overlap="cancel-other")
        await finish(await server.started(schedule, 2))
        assert await ended(first) == WorkflowExecutionStatus.CANCELED


async def test_terminate_other_ends_the_one_before_at_once(temporal: DevServer) -> None:
    async with scheduling(temporal, asks=chain(asks)) as server:
        schedule = await server.create("asks", EMPTY)
        await server.backfill(schedule, 1, overlap="terminate-other")
        first = await server.started(schedule, 1)
        await open_tasks(first)
        await server.backfill(schedule, 2, overlap="terminate-other")
        await finish(await server.started(schedule, 2))
        assert await ended(first) == WorkflowExecutionStatus.TERMINATED
