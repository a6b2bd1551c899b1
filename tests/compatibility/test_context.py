from dataclasses import dataclass
from typing import Any, TypedDict

import pytest
from langgraph.graph import START, StateGraph
from langgraph.runtime import Runtime, get_runtime
from langgraph.types import interrupt
from pydantic import BaseModel

from tests.support.compat import agreed
from tests.support.graphs import EMPTY, Builder, Log, chain


@dataclass
class Data:
    tenant: str


class Model(BaseModel):
    tenant: str


class Dict(TypedDict):
    tenant: str


def shows(_state: Log, runtime: Runtime[Any]) -> Log:
    interrupt("go on?")
    context = runtime.context
    return {"log": [type(context).__name__, context["tenant"] if isinstance(context, dict) else context.tenant]}


def shows_inside(_state: Log) -> Log:
    return {"log": [get_runtime(Data).context.tenant]}


@pytest.mark.parametrize("schema", [Data, Model, Dict])
async def test_may_be_a_dataclass_a_model_or_a_typed_dict(schema: type) -> None:
    output = await agreed(chain(shows, context=schema), EMPTY, {"go on?": True}, context={"tenant": "acme"})
    assert output == {"log": ["dict" if schema is Dict else schema.__name__, "acme"]}


async def test_reaches_subgraphs() -> None:
    builder: Builder = StateGraph(Log, Data)
    builder.add_node("inner", chain(shows_inside, context=Data).compile())
    builder.add_edge(START, "inner")
    assert await agreed(builder, EMPTY, context={"tenant": "acme"}) == {"log": ["acme"]}
