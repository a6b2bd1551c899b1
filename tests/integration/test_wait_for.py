from datetime import timedelta
from typing import Any

import pytest
from temporalio import workflow

from orchestrator.waits import wait_for
from orchestrator.workflow import Process
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import Local, application, output, refusal, serving, until


def two_replies(_state: Log) -> Log:
    return {"log": [wait_for("reply"), wait_for("reply")]}


def impatient(_state: Log) -> Log:
    return {"log": [wait_for("reply", timeout=timedelta(days=7))]}


def event(payload: Any, name: str = "reply", **fields: Any) -> dict[str, Any]:
    return {"name": name, "payload": payload, **fields}


@workflow.defn
class Correspondence(Process):
    @workflow.run
    async def run(self) -> list[Any]:
        return [await self.wait_for("reply"), await self.wait_for("reply", timeout=timedelta(days=1))]


async def started_with(local: Local, first: dict[str, Any]) -> Any:
    return await local.client.start_workflow(
        "GraphRun",
        {"graph": "mail", "input": EMPTY},
        id="mail",
        task_queue=local.queue,
        start_signal="event",
        start_signal_args=[first],
    )


async def test_events_that_come_early_are_kept_in_order() -> None:
    async with serving(mail=chain(two_replies)) as local:
        handle = await started_with(local, event("one"))
        await handle.signal("event", event("two"))
        await handle.signal("event", event("three"))
        assert await output(handle) == {"log": ["one", "two"]}


async def test_an_event_of_another_name_is_left_for_others() -> None:
    async with serving(mail=chain(two_replies)) as local:
        handle = await started_with(local, event("not this", name="call"))
        await handle.signal("event", event("one"))
        await handle.signal("event", event("two"))
        assert await output(handle) == {"log": ["one", "two"]}


@pytest.mark.parametrize("by", ["signal", "update"])
async def test_a_repeated_event_id_is_dropped(by: str) -> None:
    async with serving(mail=chain(two_replies)) as local:
        handle = await started_with(local, event("one", event_id="1"))
        await until(handle, lambda status: status["stages"] and status["stages"][0]["attempt"] == 2)  # it was taken
        if by == "signal":
            await handle.signal("event", event("one", event_id="1"))
        else:
            receipt = await handle.execute_update("submit_event", event("one", event_id="1"))
            assert (receipt["status"], receipt["event_id"]) == ("duplicate", "1")
        await handle.signal("event", event("two", event_id="2"))
        assert await output(handle) == {"log": ["one", "two"]}


async def test_nothing_in_time_gives_none() -> None:
    async with serving(mail=chain(impatient)) as local:
        assert await output(await local.graph("mail", EMPTY)) == {"log": [None]}


async def test_an_event_in_time_gives_its_payload_and_shows_until_when_it_was_waited_for() -> None:
    async with serving(mail=chain(impatient)) as local:
        handle = await local.graph("mail", EMPTY)
        status = await until(handle, lambda status: status["state"] == "waiting")
        (wait,) = status["waits"]
        assert (wait["kind"], wait["name"], wait["stage"]) == ("event", "reply", "mail")
        assert wait["until"] > wait["since"]
        await local.days(6)
        assert (await handle.execute_update("submit_event", event({"ok": True})))["status"] == "accepted"
        assert await output(handle) == {"log": [{"ok": True}]}


async def test_a_workflow_waits_in_the_same_way() -> None:
    app = application()
    app.workflow(Correspondence)
    async with serving(app) as local:
        handle = await local.start("Correspondence")
        await handle.signal("event", event("one"))
        assert await handle.result() == ["one", None]


async def test_an_event_without_a_name_is_refused() -> None:
    async with serving(mail=chain(impatient)) as local:
        handle = await local.graph("mail", EMPTY)
        assert "name: Field required" in await refusal(handle, "submit_event", {"payload": 1})
