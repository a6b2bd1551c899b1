from typing import Any

import pytest
from langgraph.types import interrupt
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowUpdateFailedError
from temporalio.common import RawValue

from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import decide, open_tasks, output, refusal, serving

DECISION = {"action": "approve", "by": "bob"}
RECOVERY = {"action": "retry", "by": "op", "reason": "fixed"}
CLAIM = {"action": "claim", "by": "bob", "task_id": "ask-1"}
BYTES = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=b"\xff{"))

REFUSED: dict[str, tuple[str, Any, str]] = {
    "a decision that is text": ("submit_decision", "approve", "Decision must be a JSON object, not a string"),
    "an action there is not": ("submit_decision", DECISION | {"action": "maybe"}, "action: "),
    "a decision with an unknown field": ("submit_decision", DECISION | {"valuse": 1}, "valuse: "),
    "a task there is not": ("submit_decision", DECISION | {"task_id": "x"}, "Task x is not open"),
    "an event that is a list": ("submit_event", [], "Event must be a JSON object, not an array"),
    "an event without a name": ("submit_event", {"payload": 1}, "name: Field required"),
    "a recovery of what is not parked": ("recover", RECOVERY, "No stage is parked"),
    "a recovery without a reason": ("recover", RECOVERY | {"reason": ""}, "reason: "),
    "a recovery there is not": ("recover", RECOVERY | {"action": "pray"}, "action: "),
    "a claim of a task there is not": ("assign", CLAIM | {"task_id": "x"}, "Task x is not open"),
    "a claim of nothing": ("assign", None, "Assignment must be a JSON object"),
    "a change there is not": ("assign", CLAIM | {"action": "steal"}, "action: "),
}


def asks(_state: Log) -> Log:
    return {"log": [interrupt("Well?")]}


@pytest.mark.parametrize(("name", "payload", "words"), REFUSED.values(), ids=REFUSED)
async def test_say_why_and_leave_no_trace(name: str, payload: Any, words: str) -> None:
    async with serving(ask=chain(asks)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        audit = await handle.query("audit")
        reason = await refusal(handle, name, payload)
        assert words in reason
        assert "\n" not in reason
        assert await open_tasks(handle) == [task]
        assert await handle.query("audit") == audit
        await decide(handle, values="fine")
        assert await output(handle) == {"log": ["fine"]}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("submit_decision", ()),
        ("submit_decision", (DECISION, DECISION)),
        ("submit_decision", (BYTES,)),
        ("submit_decisoin", (DECISION,)),
    ],
    ids=["no argument", "two arguments", "bytes that are no JSON", "an unknown update"],
)
async def test_that_no_handler_could_take_are_refused_and_wedge_nothing(name: str, arguments: tuple[Any, ...]) -> None:
    async with serving(ask=chain(asks)) as local:
        handle = await local.graph("ask", EMPTY)
        await open_tasks(handle)
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update(name, args=arguments)
        await decide(handle, values="fine")
        assert await output(handle) == {"log": ["fine"]}
