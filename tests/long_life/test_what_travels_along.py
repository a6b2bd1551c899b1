from datetime import timedelta
from typing import Any

from orchestrator import Orchestrator
from orchestrator.devserver import DevServer
from orchestrator.trail import broken
from orchestrator.waits import ask, sleep, wait_for
from orchestrator.wire import Entry
from tests.long_life.running import asked, chain, latest, serving, signal_until_continued
from tests.support.graphs import EMPTY, Log, fan
from tests.support.graphs import chain as sequence
from tests.support.local import Handle, application, until

MONTH = timedelta(days=30)


def question(_state: Log) -> Log:
    answer = ask("Approve?", assignees=["ann"], due=MONTH, remind_every=timedelta(days=1), quorum=2)
    return {"log": [answer.by]}


def event(_state: Log) -> Log:
    return {"log": [wait_for("go", timeout=MONTH)]}


def noise(_state: Log) -> Log:
    return {"log": [wait_for("noise")]}


def three_waits() -> Orchestrator:
    return application(waits=fan(question, event, timer))


def timer(_state: Log) -> Log:
    sleep(timedelta(seconds=1.5))
    return {"log": ["slept"]}


async def told(handle: Handle) -> tuple[Any, Any]:
    return await handle.query("tasks"), (await handle.query("status"))["waits"]


async def test_open_tasks_with_their_dates_and_decisions_and_the_waits_for_events(hasty: DevServer) -> None:
    client = await hasty.client()
    async with serving(client, application(waits=fan(question, event))) as local:
        handle = latest(client, await local.graph("waits", EMPTY))
        task = await asked(handle, "Approve?")
        first = {"task_id": task["task_id"], "action": "approve", "by": "ann", "decision_id": "1"}
        assert (await handle.execute_update("submit_decision", first))["status"] == "pending_quorum"
        before = await told(handle)
        await signal_until_continued(client, handle, "noise")
        assert await told(handle) == before
        assert (await handle.execute_update("submit_decision", first))["status"] == "duplicate"
        await handle.signal("decide", {"task_id": task["task_id"], "action": "approve", "by": "bob"})
        await handle.signal("event", {"name": "go", "payload": "went"})
        assert sorted((await handle.result())["output"]["log"]) == ["bob", "went"]


async def test_a_timer_that_goes_off_when_it_would_have(hasty: DevServer) -> None:
    client = await hasty.client()
    async with serving(client, application(waits=fan(timer))) as local:
        handle = latest(client, await local.graph("waits", EMPTY))
        (before,) = (await until(handle, lambda status: bool(status["waits"])))["waits"]
        await signal_until_continued(client, handle, "noise")
        assert (await handle.result())["output"] == {"log": ["slept"]}
        ended = (await handle.describe()).close_time
        assert ended is not None
        assert before["until"] <= ended.isoformat().replace("+00:00", "Z")


async def test_events_that_nobody_waited_for_yet_in_their_order_and_none_twice(hasty: DevServer) -> None:
    client = await hasty.client()

    def collect(state: Log) -> Log:
        return {"log": [[wait_for("noise") for _ in range(state["log"][0])]]}

    def how_many(_state: Log) -> Log:
        return {"log": [ask("How many?").values]}

    async with serving(client, application(waits=sequence(how_many, collect))) as local:
        handle = latest(client, await local.graph("waits", EMPTY))
        task = await asked(handle, "How many?")
        await handle.signal("event", {"name": "noise", "payload": "first", "event_id": "1"})
        sent = await signal_until_continued(client, handle, "noise", runs=3)
        receipt = await handle.execute_update("submit_event", {"name": "noise", "payload": "again", "event_id": "1"})
        assert receipt["status"] == "duplicate"
        wanted = {"task_id": task["task_id"], "action": "respond", "values": len(sent) + 1, "by": "ann"}
        await handle.signal("decide", wanted)
        assert (await handle.result())["output"]["log"][1] == ["first", *sent]


async def test_an_audit_trail_whose_chain_holds(hasty: DevServer) -> None:
    client = await hasty.client()
    async with serving(client, application(waits=fan(question))) as local:
        handle = latest(client, await local.graph("waits", EMPTY))
        task = await asked(handle, "Approve?")
        while len(await chain(client, handle)) < 3:
            await handle.signal("decide", {"task_id": "gone", "action": "approve", "by": "eve"})
        for person in ("ann", "bob"):
            await handle.signal("decide", {"task_id": task["task_id"], "action": "approve", "by": person})
        await handle.result()
        trail = [Entry.model_validate(entry) for entry in await handle.query("audit")]
        assert [entry.seq for entry in trail] == list(range(1, len(trail) + 1))
        assert broken(trail) is None
