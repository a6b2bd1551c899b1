import json
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import pytest
from pydantic import BaseModel, Field

from orchestrator.waits import ask
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import application, audited, decide, open_tasks, output, refusal, serving, submit
from tests.support.review import GRAPHS

REFUSED = {
    "a value out of range": ({"amount": 0, "reason": "house"}, "amount: 0 must be more than 0"),
    "a value of a wrong type": ({"amount": "five", "reason": "house"}, "amount: 'five' must be a whole number"),
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


class Terms(BaseModel):
    price: Annotated[float, Field(multiple_of=0.01)] = 0
    signed: date = date(2026, 11, 21)
    at: datetime | None = None
    sender: UUID | None = None


MALFORMED = {
    "a day that there is not": ({"signed": "2026-13-45"}, "'2026-13-45' is not a 'date'"),
    "a moment that there is not": ({"at": "at noon"}, "at: 'at noon' is not"),
    "an id that is none": ({"sender": "me"}, "sender: 'me' is not"),
    "a number without end": ('{"price": 1e400}', "cannot be applied to these values"),
    "a number too large to divide": ({"price": 10**400}, "cannot be applied to these values"),
}


@pytest.mark.parametrize(("values", "words"), MALFORMED.values(), ids=MALFORMED)
async def test_that_no_type_of_the_form_could_hold(values: Any, words: str) -> None:
    decision = {"action": "approve", "by": "ann", "values": json.loads(values) if isinstance(values, str) else values}
    async with serving(terms=chain(agrees)) as local:
        handle = await local.graph("terms", EMPTY)
        await open_tasks(handle)
        await handle.signal("decide", decision)
        assert words in (await audited(handle, "refused"))[0]["detail"]
        await submit(handle, values={"price": 0.25, "signed": "2026-11-22", "at": "2026-11-22T10:00"})
        assert await output(handle) == {"log": ["2026-11-22", 10]}


def agrees(_state: Log) -> Log:
    values = ask("The terms?", form=Terms).values
    assert values is not None
    assert values.at is not None
    return {"log": [values.signed.isoformat(), values.at.hour]}


@pytest.mark.parametrize("action", ["edit", "respond"])
async def test_and_an_action_that_needs_values_says_so(action: str) -> None:
    async with serving(application(**GRAPHS)) as local:
        handle = await local.graph("sync", EMPTY)
        await open_tasks(handle)
        reason = await refusal(handle, "submit_decision", {"action": action, "by": "ann"})
        assert reason == f"A decision to {action} needs values that fit the form."
        await decide(handle, "reject")
        await handle.result()
