import operator
from decimal import Decimal
from typing import Annotated, Any

from langgraph.types import interrupt
from pydantic import BaseModel, Field

from tests.support.compat import agreed
from tests.support.graphs import chain


class Applicant(BaseModel):
    name: str
    income: Decimal


class State(BaseModel):
    applicant: Applicant
    log: Annotated[list[str], operator.add] = Field(default_factory=list)
    others: list[Applicant] = Field(default_factory=list)


def adds(state: State) -> dict[str, Any]:
    partner = Applicant(name="bob", income=Decimal("1.50"))
    return {"others": [partner], "log": [type(state.applicant).__name__]}


def asks(state: State) -> dict[str, Any]:
    interrupt("go on?")
    return {"log": [type(state.others[0]).__name__, f"{state.applicant.income + state.others[0].income}"]}


async def test_is_a_model_in_every_node_before_a_wait_and_after(checkpoints: str) -> None:
    start = {"applicant": {"name": "ann", "income": "2.50"}}
    output = await agreed(chain(adds, asks, schema=State), start, {"go on?": True}, checkpoints=checkpoints)
    assert output["log"] == ["Applicant", "Applicant", "4.00"]
