"""Events that nobody waits for yet travel from run to run: as many as Temporal takes are kept, and more are refused."""

from typing import Any

import pytest

from orchestrator.devserver import DevServer
from orchestrator.waits import ask, wait_for
from orchestrator.workflow import mailbox
from tests.long_life.running import asked, chain, latest, serving, signal_until_continued
from tests.support.graphs import EMPTY, Log
from tests.support.graphs import chain as sequence
from tests.support.local import application, refusal

ROOM_FOR = 10


@pytest.fixture(autouse=True)
def _there_is_room_for_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "EARLY_BYTES", ROOM_FOR * 100)


def event(number: int) -> dict[str, Any]:
    return {"name": "go", "payload": f"{number:078}00", "event_id": str(number)}


async def test_what_is_too_much_is_refused_until_there_is_room_and_comes_once_when_it_is_sent_again(
    hasty: DevServer,
) -> None:
    def collect(_state: Log) -> Log:
        ask("Begin?")
        came = [wait_for("go") for _ in range(ROOM_FOR)]
        ask("More?")
        return {"log": [*came, wait_for("go")]}

    client = await hasty.client()
    async with serving(client, application(waits=sequence(collect))) as local:
        handle = latest(client, await local.graph("waits", EMPTY))
        task = await asked(handle, "Begin?")
        for number in range(ROOM_FOR):
            await handle.signal("event", event(number))
        assert "10 events" in await refusal(handle, "submit_event", event(ROOM_FOR))
        await handle.signal("event", event(ROOM_FOR))
        assert "no more than 1000 are kept" in (await handle.query("audit"))[-1]["detail"]
        await signal_until_continued(client, handle, "noise")
        assert len(await chain(client, handle)) > 1
        await handle.signal("decide", {"task_id": task["task_id"], "action": "approve", "by": "ann"})
        task = await asked(handle, "More?")
        assert (await handle.execute_update("submit_event", event(ROOM_FOR)))["status"] == "accepted"
        await handle.signal("decide", {"task_id": task["task_id"], "action": "approve", "by": "ann"})
        assert (await handle.result())["output"]["log"] == [event(number)["payload"] for number in range(ROOM_FOR + 1)]
