"""LangChain's HumanInTheLoopMiddleware knows no due dates: `Options.human` gives it some."""

from typing import Any, Literal

import pytest

from tests.support.agents import mailer, sent
from tests.support.local import decide, open_tasks, output, serving, submit
from tests.tasks.desk import parked, recorded, told
from tests.tasks.values import LONG, kept

START = {"messages": [{"role": "user", "content": "Write to them."}]}
TO_BOB = {"to": "bob", "text": "hi"}
TO_EVE = {"to": "eve", "text": "hi"}
Mode = Literal["batched", "per_call"]
MODES: list[Mode] = ["batched", "per_call"]


@pytest.fixture(autouse=True)
def _nothing_sent() -> None:
    sent.clear()


def human(**fields: Any) -> dict[str, Any]:
    return {"human": {"assignees": ["ann"], "due": "P2D", "remind_every": "P1D", **fields}}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("on_due", "mails"), [({"action": "approve"}, ["bob: hi", "eve: hi"]), ({"action": "reject"}, [])], ids=str
)
async def test_go_by_the_default(mode: Mode, on_due: dict[str, Any], mails: list[str]) -> None:
    async with serving(agent=mailer(TO_BOB, TO_EVE, mode=mode)) as local:
        handle = await local.graph("agent", START, options=human(on_due=on_due))
        await output(handle)
        assert sorted(sent) == mails
        tasks = 1 if mode == "batched" else 2
        assert await told(handle, "expired") == [("expired", "orchestrator", "timer")] * tasks
        assert len(await recorded(handle, "reminded")) == tasks


@pytest.mark.parametrize("mode", MODES)
async def test_with_a_default_that_the_middleware_does_not_take_are_parked(mode: Mode) -> None:
    async with serving(agent=mailer(TO_BOB, mode=mode, allowed=["approve", "edit"])) as local:
        handle = await local.graph("agent", START, options=human(on_due={"action": "reject"}))
        reason = await parked(handle)
        assert "BadInput" in reason
        assert "reject" in reason


@pytest.mark.parametrize("mode", MODES)
async def test_wait_for_two_people_where_it_takes_two(mode: Mode) -> None:
    async with serving(agent=mailer(TO_BOB, mode=mode)) as local:
        handle = await local.graph("agent", START, options=human(quorum=2))
        await open_tasks(handle)
        await submit(handle, by="ann")
        assert sent == []
        await submit(handle, by="bob")
        await output(handle)
        assert sent == ["bob: hi"]


@pytest.mark.parametrize("mode", MODES)
async def test_obey_an_edit_over_256_kib(mode: Mode, tmp_path: Any) -> None:
    checkpoints = f"sqlite:///{tmp_path / 'checkpoints.db'}"
    async with serving(checkpoints=checkpoints, agent=mailer(TO_BOB, mode=mode)) as local:
        handle = await local.graph("agent", START)
        await open_tasks(handle)
        edited = {"name": "send_mail", "args": {"to": "bob", "text": LONG}}
        await submit(handle, "edit", values_ref=await kept(checkpoints, handle.id, edited))
        await handle.result()
        assert sent == [f"bob: {LONG}"]


@pytest.mark.parametrize("mode", MODES)
async def test_ask_about_a_call_over_256_kib(mode: Mode) -> None:
    async with serving(agent=mailer(TO_BOB | {"text": LONG}, mode=mode)) as local:
        handle = await local.graph("agent", START)
        (task,) = await open_tasks(handle)
        assert task["payload_ref"]["size_bytes"] > len(LONG)
        assert "send_mail" in task["title"]
        await decide(handle)
        await handle.result()
        assert sent == [f"bob: {LONG}"]
