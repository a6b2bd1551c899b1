from pathlib import Path
from typing import Any

import pytest
from langgraph.types import interrupt

from orchestrator.devserver import DevServer
from tests.schedules.server import scheduling
from tests.support.graphs import Log, chain
from tests.support.local import decide, failure, open_tasks, output, until
from tests.support.resets import reset
from tests.support.stores import EVERY_DATABASE


def counts(state: Log) -> Log:
    return {"log": [len(state["log"])]}


def asks(state: Log) -> Log:
    return {"log": [interrupt(f"after {state['log']}")]}


@EVERY_DATABASE
async def test_each_run_goes_on_from_the_state_that_the_last_one_left(temporal: DevServer, checkpoints: str) -> None:
    async with scheduling(temporal, checkpoints, work=chain(counts)) as server:
        schedule = await server.create("work", {"log": ["in"]}, continued=True)
        await server.backfill(schedule, 1, 3)
        last = await server.started(schedule, 3)
        assert await output(last) == {"log": ["in", 1, "in", 3, "in", 5]}
        threads = {(await server.run(schedule, minute).result())["thread_id"] for minute in (1, 2, 3)}
        assert len(threads) == 3


async def test_without_it_each_run_begins_afresh(temporal: DevServer) -> None:
    async with scheduling(temporal, work=chain(counts)) as server:
        schedule = await server.create("work", {"log": ["in"]})
        await server.backfill(schedule, 1, 2)
        for minute in (1, 2):
            assert await output(await server.started(schedule, minute)) == {"log": ["in", 1]}


async def test_a_run_that_was_cancelled_has_left_nothing(temporal: DevServer, checkpoints: str) -> None:
    async with scheduling(temporal, checkpoints, work=chain(counts, asks)) as server:
        schedule = await server.create("work", {"log": ["in"]}, continued=True)
        await server.backfill(schedule, 1, 3)
        first = await server.started(schedule, 1)
        await open_tasks(first)
        await decide(first, values="a")
        second = await server.started(schedule, 2)
        await open_tasks(second)
        await second.cancel()
        third = await server.started(schedule, 3)
        await open_tasks(third)
        await decide(third, values="c")
        assert await output(third) == {"log": ["in", 1, "a", "in", 4, "c"]}


@EVERY_DATABASE
async def test_a_run_beside_another_one_is_refused(temporal: DevServer, checkpoints: str) -> None:
    async with scheduling(temporal, checkpoints, work=chain(counts, asks)) as server:
        schedule = await server.create("work", {"log": ["in"]}, continued=True)
        await server.backfill(schedule, 1)
        await open_tasks(await server.started(schedule, 1))
        by_hand = await server.client.start_workflow(
            "GraphRun",
            {"graph": "work", "input": {"log": []}, "thread": schedule, "options": {"on_failure": "fail"}},
            id=f"{schedule}-by-hand",
            task_queue=server.queue,
        )
        refused = await failure(by_hand)
        assert refused.type == "BadInput"
        assert f"in use by workflow {schedule}-2026" in refused.message


@EVERY_DATABASE
async def test_a_reset_run_begins_with_what_it_began_with_before(temporal: DevServer, checkpoints: str) -> None:
    async with scheduling(temporal, checkpoints, work=chain(counts)) as server:
        schedule = await server.create("work", {"log": ["in"]}, continued=True)
        await server.backfill(schedule, 1, 3)
        assert len((await output(await server.started(schedule, 3)))["log"]) == 6
        again = await reset(server.client, server.run(schedule, 2), 3)
        assert await output(again) == {"log": ["in", 1, "in", 3]}
        last = await reset(server.client, server.run(schedule, 3), 3)
        assert await output(last) == {"log": ["in", 1, "in", 3, "in", 5]}
        await server.backfill(schedule, 4)
        assert await output(await server.started(schedule, 4)) == {"log": ["in", 1, "in", 3, "in", 5, "in", 7]}


async def test_a_failed_node_goes_on_within_its_own_run(temporal: DevServer, checkpoints: str, tmp_path: Path) -> None:
    def breaks_once(state: Log) -> Log:
        if len(state["log"]) == 3 and not (tmp_path / "mended").exists():
            raise TypeError("broken")
        return {"log": ["ok"]}

    async with scheduling(temporal, checkpoints, work=chain(counts, breaks_once)) as server:
        schedule = await server.create("work", {"log": []}, continued=True)
        await server.backfill(schedule, 1, 2)
        second = await server.started(schedule, 2)
        await until(second, lambda status: status["state"] == "parked")
        (tmp_path / "mended").touch()
        recovery = {"action": "retry", "by": "op", "reason": "mended"}
        await second.execute_update("recover", recovery)
        assert await output(second) == {"log": [0, "ok", 2, "ok"]}


async def test_memory_is_refused(temporal: DevServer) -> None:
    async with scheduling(temporal, work=chain(counts)) as server:
        wanted: Any = {"graph": "work", "input": {"log": []}, "thread": "t", "options": {"on_failure": "fail"}}
        handle = await server.client.start_workflow(
            "GraphRun", wanted, id=f"{server.queue}-run", task_queue=server.queue
        )
        assert "sqlite:// or postgresql:// checkpointer can" in (await failure(handle)).message


@pytest.mark.parametrize("overlap", ["allow-all", "terminate-other"])
async def test_two_runs_at_once_are_refused_beforehand(temporal: DevServer, overlap: Any) -> None:
    async with scheduling(temporal, work=chain(counts)) as server:
        with pytest.raises(ValueError, match="two runs at once on the continued thread"):
            await server.create("work", continued=True, overlap=overlap)
        schedule = await server.create("work", continued=True)
        with pytest.raises(Exception, match="goes on with one thread"):
            await server.backfill(schedule, 1, 2, overlap)
