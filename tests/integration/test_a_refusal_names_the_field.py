from typing import Any

import pytest

from tests.support.graphs import EMPTY
from tests.support.local import application, audited, decide, open_tasks, refusal, serving, submit
from tests.support.review import GRAPHS

REFUSED = {
    "a value out of range": ({"amount": 0, "reason": "house"}, "amount: 0 is less than or equal to the minimum of 0"),
    "a value of a wrong type": ({"amount": "five", "reason": "house"}, "amount: 'five' is not of type 'integer'"),
    "a choice that there is not": ({"amount": 5, "reason": "mood"}, "reason: 'mood' is not one of"),
    "a missing field": ({"amount": 5}, "'reason' is a required property"),
    "no values": (None, "amount, reason"),
}


@pytest.mark.parametrize(("values", "words"), REFUSED.values(), ids=REFUSED)
async def test_that_does_not_fit_the_form(values: Any, words: str) -> None:
    decision = {"action": "approve", "by": "ann", "values": values}
    async with serving(application(**GRAPHS)) as local:
        handle = await local.graph("sync", EMPTY)
        (task,) = await open_tasks(handle)
        assert words in await refusal(handle, "submit_decision", decision)
        await handle.signal("decide", decision)
        (entry,) = await audited(handle, "refused")
        assert words in entry["detail"]
        assert entry["by"] == "ann"
        assert [task] == await open_tasks(handle)
        await submit(handle, values={"amount": 5, "reason": "house"})
        await handle.result()


@pytest.mark.parametrize("action", ["edit", "respond"])
async def test_and_an_action_that_needs_values_says_so(action: str) -> None:
    async with serving(application(**GRAPHS)) as local:
        handle = await local.graph("sync", EMPTY)
        await open_tasks(handle)
        reason = await refusal(handle, "submit_decision", {"action": action, "by": "ann"})
        assert reason == f"A decision to {action} needs values that fit the form."
        await decide(handle, "reject")
        await handle.result()
