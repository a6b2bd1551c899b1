"""A validator of a pydantic form is code, and not in its JSON Schema: only the node can run it."""

from typing import Any

import pytest
from langgraph.types import interrupt
from pydantic import BaseModel, field_validator

from orchestrator.waits import ask
from tests.support.graphs import EMPTY, Log, chain
from tests.support.local import audited, open_tasks, output, serving, submit


class Amount(BaseModel):
    euros: int

    @field_validator("euros")
    @classmethod
    def _round(cls, euros: int) -> int:
        if euros % 10:
            raise ValueError("must be a multiple of ten")
        return euros


def by_ask(_state: Log) -> Log:
    answer = ask("How much?", form=Amount)
    return {"log": [answer.values and answer.values.euros]}


def by_interrupt(_state: Log) -> Log:
    return {"log": [interrupt("How much?", response_schema=Amount).euros]}


@pytest.mark.parametrize("node", [by_ask, by_interrupt])
async def test_is_refused_after_all_and_the_question_asked_again(node: Any) -> None:
    async with serving(ask=chain(node)) as local:
        handle = await local.graph("ask", EMPTY, options={"retry": {"maximum_attempts": 1}})
        (first,) = await open_tasks(handle)
        await submit(handle, task_id=first["task_id"], values={"euros": 7})
        (again,) = await open_tasks(handle)
        assert again["title"] == first["title"]
        if node is by_ask:
            (entry,) = await audited(handle, "refused")
            assert (entry["by"], entry["detail"]) == ("ann", "euros: must be a multiple of ten.")
        await submit(handle, task_id=again["task_id"], values={"euros": 70})
        assert await output(handle) == {"log": [70]}
