"""Late, unknown, malformed, not allowed: each is refused with a reason, and a signal's refusal stands in the trail."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from orchestrator.waits import ask
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import Handle, Local, decide, open_tasks, output, refusal, serving, submit
from tests.tasks.desk import recorded


class Review(BaseModel):
    amount: int = Field(gt=0)
    reason: Literal["income", "house"]


GOOD = {"amount": 5, "reason": "income"}


def asks(_state: Log) -> Log:
    first = ask("First?", form=Review)
    second = ask("Second?")
    return {"log": [first.values.amount if first.values else None, type(first.values).__name__, second.action]}


GRAPH = chain(asks)
REFUSED: dict[str, tuple[Any, str]] = {
    "no object": ("approve", "Decision must be a JSON object, not a string."),
    "no action": ({"by": "ann"}, "action"),
    "an unknown action": ({"action": "aprove", "by": "ann"}, "action"),
    "nobody's": ({"action": "approve", "by": ""}, "by"),
    "an unknown field": ({"action": "approve", "by": "ann", "value": 1}, "value"),
    "an unknown task": ({"action": "approve", "by": "ann", "task_id": "ask-9"}, "ask-9 is not open; open are: ask-1"),
    "no values": ({"action": "approve", "by": "ann"}, "The form asks for amount, reason"),
    "no values to edit": ({"action": "edit", "by": "ann"}, "edit needs values that fit the form"),
    "a wrong value": ({"action": "edit", "by": "ann", "values": GOOD | {"amount": 0}}, "amount: 0 must be more than 0"),
    "two wrong values": ({"action": "edit", "by": "ann", "values": {"amount": "x"}}, "'reason' is a required"),
    "values and a reference": (
        {"action": "edit", "by": "a", "values": 1, "values_ref": {"store": "s", "key": "k", "size_bytes": 1}},
        "not both",
    ),
}


async def asked(local: Local) -> Handle:
    handle = await local.graph("ask", EMPTY)
    await open_tasks(handle)
    return handle


@pytest.mark.parametrize(("payload", "reason"), REFUSED.values(), ids=REFUSED)
async def test_by_update_and_by_signal(payload: Any, reason: str) -> None:
    async with serving(ask=GRAPH) as local:
        handle = await asked(local)
        assert reason in await refusal(handle, "submit_decision", payload)
        await handle.signal("decide", payload)
        (line,) = await recorded(handle, "refused")
        assert reason in line["detail"]
        assert line["via"] == "signal"
        assert len(await open_tasks(handle)) == 1
        await submit(handle, "edit", values=GOOD)
        await recorded(handle, "opened", 2)
        await decide(handle, task_id="ask-2")
        assert await output(handle) == {"log": [5, "Review", "approve"]}
        await recorded(handle, "decided", 2)


async def test_for_a_task_that_is_decided_already() -> None:
    async with serving(ask=GRAPH) as local:
        handle = await asked(local)
        await submit(handle, "edit", values=GOOD)
        late = {"action": "reject", "by": "bob", "task_id": "ask-1"}
        assert "it was decided by ann at" in await refusal(handle, "submit_decision", late)
        await handle.signal("decide", late)
        (line,) = await recorded(handle, "refused")
        assert (line["by"], line["task_id"]) == ("bob", "ask-1")
