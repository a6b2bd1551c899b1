from collections import Counter
from datetime import datetime, timedelta
from typing import TypedDict

from temporalio.client import WorkflowHandle

from orchestrator.waits import sleep
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import Handle, failure, output, serving, until


class State(TypedDict):
    until: str


def three_days(_state: Log) -> Log:
    sleep(timedelta(days=3))
    return {"log": ["slept"]}


async def until_then(state: State) -> State:
    sleep(datetime.fromisoformat(state["until"]))
    return {"until": "then"}


async def duration(handle: WorkflowHandle[object, object]) -> timedelta:
    described = await handle.describe()
    assert described.close_time is not None
    return described.close_time - described.start_time


async def activities(handle: Handle) -> Counter[str]:
    history = await handle.fetch_history()
    return Counter(event.WhichOneof("attributes") or "" for event in history.events)


async def test_for_a_duration_takes_that_long_and_no_activity_runs_meanwhile() -> None:
    async with serving(naps=chain(three_days)) as local:
        handle = await local.graph("naps", EMPTY)
        assert await output(handle) == {"log": ["slept"]}
        assert timedelta(days=3) <= await duration(handle) < timedelta(days=3, minutes=1)
        events = await activities(handle)
        assert events["activity_task_completed_event_attributes"] == 2
        assert events["timer_fired_event_attributes"] == 1


async def test_until_an_aware_moment_takes_until_then() -> None:
    async with serving(naps=chain(until_then, schema=State)) as local:
        moment = await local.environment.get_current_time() + timedelta(days=10)
        handle = await local.graph("naps", {"until": moment.isoformat()})
        status = await until(handle, lambda status: status["state"] == "waiting")
        assert [(wait["kind"], wait["stage"]) for wait in status["waits"]] == [("timer", "naps")]
        assert datetime.fromisoformat(status["waits"][0]["until"]) == moment
        assert await output(handle) == {"until": "then"}
        assert timedelta(days=9.9) < await duration(handle) < timedelta(days=10.1)


async def test_until_a_moment_that_has_passed_goes_on_at_once() -> None:
    async with serving(naps=chain(until_then, schema=State)) as local:
        handle = await local.graph("naps", {"until": "2001-01-01T00:00:00Z"})
        assert await output(handle) == {"until": "then"}


async def test_until_a_moment_without_a_time_zone_is_refused_in_words() -> None:
    async with serving(naps=chain(until_then, schema=State)) as local:
        options = {"on_failure": "fail", "retry": {"maximum_attempts": 1}}
        handle = await local.graph("naps", {"until": "2026-01-01T00:00:00"}, options=options)
        assert "has no time zone" in (await failure(handle)).message
