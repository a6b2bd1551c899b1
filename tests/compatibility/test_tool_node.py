from typing import Annotated, Any

from langchain_core.messages import ToolMessage
from langchain_core.tools import InjectedToolCallId, tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import InjectedState, ToolNode, tools_condition
from langgraph.types import Command, interrupt

from tests.support.compat import agreed
from tests.support.compat_model import Script, calls
from tests.support.graphs import Builder

START_INPUT = {"messages": [{"role": "user", "content": "Look."}]}


class State(MessagesState):
    found: str


@tool
def look(at: str, state: Annotated[dict[str, Any], InjectedState]) -> str:
    """Look at it."""
    return f"{at} after {len(state['messages'])}"


@tool
def ask(question: str) -> str:
    """Ask somebody."""
    return f"they say {interrupt(question)}"


@tool
def keep(what: str, tool_call_id: Annotated[str, InjectedToolCallId]) -> Command[Any]:
    """Keep it."""
    return Command(update={"found": what, "messages": [ToolMessage("kept", tool_call_id=tool_call_id)]})


@tool
def fail() -> str:
    """Fail."""
    raise ValueError("broken tool")


def graph(*lines: Any) -> Builder:
    model = Script(lines=list(lines))

    def speaks(state: State) -> dict[str, Any]:
        return {"messages": [model.invoke(state["messages"])]}

    builder: Builder = StateGraph(State)
    builder.add_node("speaks", speaks)
    builder.add_node("tools", ToolNode([look, ask, keep, fail], handle_tool_errors=True))
    builder.add_edge(START, "speaks")
    builder.add_conditional_edges("speaks", tools_condition)
    builder.add_edge("tools", "speaks")
    return builder


def contents(output: dict[str, Any]) -> list[str]:
    return [message["content"] for message in output["messages"] if message["type"] == "tool"]


async def test_carries_out_the_calls_of_an_ai_message() -> None:
    output = await agreed(graph(calls(("look", {"at": "a"}), ("look", {"at": "b"})), calls()), START_INPUT)
    assert contents(output) == ["a after 2", "b after 2"]
    assert output["messages"][1]["tool_calls"][0]["args"] == {"at": "a"}


async def test_its_tools_may_ask(checkpoints: str) -> None:
    lines = [calls(("ask", {"question": "where?"})), calls(("look", {"at": "it"})), calls()]
    output = await agreed(graph(*lines), START_INPUT, {"where?": "here"}, checkpoints=checkpoints)
    assert contents(output) == ["they say here", "it after 4"]


async def test_its_tools_may_return_a_command() -> None:
    output = await agreed(graph(calls(("keep", {"what": "a coin"})), calls()), START_INPUT)
    assert output["found"] == "a coin"


async def test_an_error_of_a_tool_is_a_message_if_it_is_to_handle_errors() -> None:
    (content,) = contents(await agreed(graph(calls(("fail", {})), calls()), START_INPUT))
    assert "broken tool" in content
