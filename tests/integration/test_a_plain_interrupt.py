from typing import Any

import pytest
from langgraph.types import interrupt

from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import decide, open_tasks, output, serving

QUESTION = {"question": "Send it?", "letter": ["Dear", "you"]}


def asks(_state: Log) -> Log:
    return {"log": [interrupt(QUESTION)]}


@pytest.mark.parametrize(
    ("action", "fields", "received"),
    [
        ("approve", {}, True),
        ("reject", {}, False),
        ("approve", {"values": {"yes": 1}}, {"yes": 1}),
        ("respond", {"values": "words"}, "words"),
        ("reject", {"values": 0}, 0),
    ],
)
async def test_receives_the_values_or_else_whether_it_was_approved(
    action: str, fields: dict[str, Any], received: Any
) -> None:
    async with serving(ask=chain(asks)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        assert task["payload"] == QUESTION
        assert task["title"] == "Send it?"
        await decide(handle, action, **fields)
        assert await output(handle) == {"log": [received]}
