from typing import NotRequired, TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from tests.support.compat import agreed
from tests.support.graphs import Builder


class Input(TypedDict):
    name: str


class Output(TypedDict):
    greeting: str


class State(Input, Output):
    never: NotRequired[str]


class Private(TypedDict):
    secret: str


def hides(state: Input) -> Private:
    return {"secret": state["name"].upper()}


def asks(state: Private) -> Output:
    return {"greeting": f"{interrupt('how?')} {state['secret']}"}


def graph() -> Builder:
    builder: Builder = StateGraph(State, input_schema=Input, output_schema=Output)
    builder.add_node("hides", hides)
    builder.add_node("asks", asks)
    builder.add_edge(START, "hides")
    builder.add_edge("hides", "asks")
    return builder


async def test_may_have_schemas_of_input_and_output_and_private_keys_between_nodes(checkpoints: str) -> None:
    output = await agreed(graph(), {"name": "ann"}, {"how?": "hello"}, checkpoints=checkpoints)
    assert output == {"greeting": "hello ANN"}
