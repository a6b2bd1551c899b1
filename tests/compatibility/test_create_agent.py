from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware
from langchain.agents.structured_output import ToolStrategy
from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from langgraph.types import interrupt
from pydantic import BaseModel

from tests.support.compat import agreed
from tests.support.compat_model import Script, calls

START = {"messages": [{"role": "user", "content": "Find out."}]}


class Finding(BaseModel):
    what: str


@tool
async def ask(question: str) -> str:
    """Ask somebody."""
    return f"they say {interrupt(question)}"


class Looks(AgentMiddleware[Any, Any, Any]):
    """Waits, and then says as what it sees the response."""

    def after_agent(self, state: Any, runtime: Any) -> dict[str, Any]:  # noqa: ARG002 - it is given by name
        interrupt("go on?")
        return {"messages": [AIMessage(type(state["structured_response"]).__name__)]}


def agent(*lines: AIMessage, **options: Any) -> Any:
    return create_agent(Script(lines=list(lines)), tools=[ask], **options)


async def test_asks_through_its_tools_side_by_side(checkpoints: str) -> None:
    lines = [calls(("ask", {"question": "a?"}), ("ask", {"question": "b?"})), AIMessage("Thanks.")]
    found = await agreed(agent(*lines), START, {"a?": "A", "b?": "B"}, checkpoints=checkpoints)
    assert [message["content"] for message in found["messages"]] == [
        "Find out.",
        "",
        "they say A",
        "they say B",
        "Thanks.",
    ]


async def test_returns_a_structured_response() -> None:
    lines = [calls(("ask", {"question": "what?"})), calls(("Finding", {"what": "a coin"}))]
    found = await agreed(agent(*lines, response_format=ToolStrategy(Finding)), START, {"what?": "it"})
    assert found["structured_response"] == {"what": "a coin"}


def with_a_wait() -> Any:
    return agent(calls(("Finding", {"what": "a coin"})), response_format=ToolStrategy(Finding), middleware=[Looks()])


async def test_its_structured_response_keeps_its_type_over_a_wait() -> None:
    found = await agreed(with_a_wait(), START, {"go on?": True})
    assert found["messages"][-1]["content"] == "Finding"
