"""LangChain's create_agent with its HumanInTheLoopMiddleware, unchanged."""

from typing import Any, Literal

import pytest

from tests.support.agents import mailer, sent
from tests.support.local import open_tasks, output, serving, submit

START = {"messages": [{"role": "user", "content": "Write to them."}]}
TO_BOB = {"to": "bob", "text": "hi"}
TO_EVE = {"to": "eve", "text": "hi"}
EDITED = {"name": "send_mail", "args": {"to": "bob", "text": "dear Bob"}}

DECISIONS: dict[str, tuple[str, dict[str, Any], list[str], str]] = {
    "approve": ("approve", {}, ["bob: hi"], "sent to bob"),
    "edit": ("edit", {"values": EDITED}, ["bob: dear Bob"], "sent to bob"),
    "reject": ("reject", {"comment": "too short"}, [], "too short"),
    "respond": ("respond", {"values": "I called him"}, [], "I called him"),
}
Mode = Literal["batched", "per_call"]


@pytest.fixture(autouse=True)
def _nothing_sent() -> None:
    sent.clear()


@pytest.mark.parametrize("mode", ["batched", "per_call"])
@pytest.mark.parametrize(("action", "fields", "mails", "reply"), DECISIONS.values(), ids=DECISIONS)
async def test_obeys_the_decision_on_its_tool_call(
    action: str, fields: dict[str, Any], mails: list[str], reply: str, mode: Mode
) -> None:
    async with serving(agent=mailer(TO_BOB, mode=mode)) as local:
        handle = await local.graph("agent", START)
        (task,) = await open_tasks(handle)
        assert "send_mail" in task["title"]
        assert "bob" in str(task["payload"])
        await submit(handle, action, **fields)
        assert reply in (await output(handle))["messages"][-1]["content"]
        assert sent == mails


async def test_one_decision_holds_for_all_calls_of_a_batch() -> None:
    async with serving(agent=mailer(TO_BOB, TO_EVE)) as local:
        handle = await local.graph("agent", START)
        await open_tasks(handle)
        await submit(handle)
        await output(handle)
        assert sorted(sent) == ["bob: hi", "eve: hi"]


async def test_a_list_of_decisions_holds_one_for_each_call_of_a_batch() -> None:
    async with serving(agent=mailer(TO_BOB, TO_EVE)) as local:
        handle = await local.graph("agent", START)
        await open_tasks(handle)
        await submit(handle, "edit", values=[{"type": "reject", "message": "no"}, {"type": "approve"}])
        await output(handle)
        assert sent == ["eve: hi"]


async def test_per_call_each_call_is_a_task_of_its_own() -> None:
    async with serving(agent=mailer(TO_BOB, TO_EVE, mode="per_call")) as local:
        handle = await local.graph("agent", START)
        tasks = {task["payload"]["args"]["to"]: task["task_id"] for task in await open_tasks(handle, 2)}
        await submit(handle, "reject", task_id=tasks["bob"], comment="no")
        await submit(handle, task_id=tasks["eve"])
        await output(handle)
        assert sent == ["eve: hi"]
