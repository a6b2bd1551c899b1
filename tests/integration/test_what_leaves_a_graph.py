"""What a graph returns is what LangGraph would return, as JSON."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, TypedDict

from langchain_core.messages import AIMessage, AnyMessage, ToolMessage
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.graph.message import add_messages
from pydantic import BaseModel

from tests.support.graphs import Builder, chain
from tests.support.local import output, serving


class Input(TypedDict):
    name: str


class Result(TypedDict):
    greeting: str


class Everything(Input, Result):
    secret: str


def greet(state: Everything) -> dict[str, str]:
    return {"greeting": f"hello {state['name']}", "secret": "hidden"}


async def test_is_its_output_schema_and_not_the_whole_state() -> None:
    builder: Builder = StateGraph(Everything, input_schema=Input, output_schema=Result)
    builder.add_node("greet", greet)
    builder.add_edge(START, "greet")
    async with serving(greet=builder) as local:
        assert await output(await local.graph("greet", {"name": "ann"})) == {"greeting": "hello ann"}


class Model(BaseModel):
    price: Decimal
    at: datetime


@dataclass
class Point:
    x: int


class Rich(TypedDict):
    model: Model
    point: Point
    at: datetime
    numbers: set[int]


def fill(_state: Rich) -> dict[str, Any]:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    return {"model": Model(price=Decimal("9.90"), at=at), "point": Point(1), "at": at, "numbers": {7}}


async def test_models_dataclasses_and_dates_are_json() -> None:
    async with serving(rich=chain(fill, schema=Rich)) as local:
        assert await output(await local.graph("rich", {"numbers": []})) == {
            "model": {"price": "9.90", "at": "2026-01-02T00:00:00Z"},
            "point": {"x": 1},
            "at": "2026-01-02T00:00:00Z",
            "numbers": [7],
        }


def calls_a_tool(state: MessagesState) -> dict[str, list[AnyMessage]]:
    call = {"name": "look", "args": {"at": state["messages"][0].content}, "id": "1"}
    return {"messages": [AIMessage("", tool_calls=[call]), ToolMessage("seen", tool_call_id="1")]}


async def test_messages_go_in_and_come_out_as_json() -> None:
    async with serving(chat=chain(calls_a_tool, schema=MessagesState)) as local:
        handle = await local.graph("chat", {"messages": [{"role": "user", "content": "the moon"}]})
        human, ai, tool = (await output(handle))["messages"]
    assert (human["type"], human["content"]) == ("human", "the moon")
    assert (ai["type"], ai["tool_calls"][0]["args"]) == ("ai", {"at": "the moon"})
    assert (tool["type"], tool["tool_call_id"], tool["content"]) == ("tool", "1", "seen")


class Chat(BaseModel):
    messages: Annotated[list[AnyMessage], add_messages]


def counts(state: Chat) -> dict[str, list[AnyMessage]]:
    assert all(not isinstance(message, dict) for message in state.messages)
    return {"messages": [AIMessage(str(len(state.messages)))]}


async def test_what_came_out_may_go_into_the_next_graph() -> None:
    async with serving(chat=chain(calls_a_tool, schema=MessagesState), counts=chain(counts, schema=Chat)) as local:
        first = await output(await local.graph("chat", {"messages": [{"role": "user", "content": "the moon"}]}))
        second = await output(await local.graph("counts", first))
    assert second["messages"][-1]["content"] == "3"
