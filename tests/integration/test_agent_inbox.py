"""The HumanInterrupt of agent-inbox, which LangChain's middleware succeeded."""

from typing import Any

import pytest
from langgraph.types import interrupt

from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import decide, open_tasks, output, serving

REQUEST = {
    "action_request": {"action": "delete_file", "args": {"path": "a.txt"}},
    "config": {"allow_ignore": True, "allow_respond": True, "allow_edit": True, "allow_accept": True},
    "description": "Really?",
}


def alone(_state: Log) -> Log:
    return {"log": [interrupt(REQUEST)[0]]}


def in_a_list(_state: Log) -> Log:
    return {"log": [interrupt([REQUEST])[0]]}


OTHER = {"action": "delete_file", "args": {"path": "b.txt"}}
RESPONSES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "approve": ("approve", {}, {"type": "accept", "args": None}),
    "reject": ("reject", {}, {"type": "ignore", "args": None}),
    "edit": ("edit", {"values": OTHER}, {"type": "edit", "args": OTHER}),
    "respond": ("respond", {"values": "not yet"}, {"type": "response", "args": "not yet"}),
}


@pytest.mark.parametrize("node", [alone, in_a_list])
@pytest.mark.parametrize(("action", "fields", "received"), RESPONSES.values(), ids=RESPONSES)
async def test_gets_its_own_kind_of_response(
    node: Any, action: str, fields: dict[str, Any], received: dict[str, Any]
) -> None:
    async with serving(inbox=chain(node)) as local:
        handle = await local.graph("inbox", EMPTY)
        (task,) = await open_tasks(handle)
        assert task["title"] == "Review delete_file"
        await decide(handle, action, **fields)
        assert await output(handle) == {"log": [received]}
