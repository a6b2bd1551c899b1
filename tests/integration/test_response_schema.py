from typing import Any

import pytest
from langgraph.types import interrupt
from pydantic import BaseModel

from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import decide, open_tasks, output, refusal, serving


class Age(BaseModel):
    years: int


def typed(_state: Log) -> Log:
    age = interrupt("How old?", response_schema=Age)
    return {"log": [type(age).__name__, age.years]}


def schema(_state: Log) -> Log:
    return {"log": [interrupt("How old?", response_schema={"type": "integer", "minimum": 0})]}


CASES = {
    "a pydantic model": (typed, {"years": 7}, ["Age", 7], {"years": "old"}, "years: 'old' must be a whole number"),
    "a JSON schema": (schema, 7, [7], -1, "-1 must be at least 0"),
}


@pytest.mark.parametrize(("node", "good", "log", "bad", "words"), CASES.values(), ids=CASES)
async def test_is_the_tasks_form_and_its_answer_is_validated(
    node: Any, good: Any, log: list[Any], bad: Any, words: str
) -> None:
    async with serving(ask=chain(node)) as local:
        handle = await local.graph("ask", EMPTY)
        (task,) = await open_tasks(handle)
        assert task["form"]["type"] in ("object", "integer")
        assert words in await refusal(handle, "submit_decision", {"action": "respond", "by": "ann", "values": bad})
        assert "needs values" in await refusal(handle, "submit_decision", {"action": "approve", "by": "ann"})
        await decide(handle, "respond", values=good)
        assert await output(handle) == {"log": log}
