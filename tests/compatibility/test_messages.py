from typing import Any

from langchain_core.messages import AIMessage, HumanMessage, RemoveMessage
from langgraph.graph import MessagesState
from langgraph.types import interrupt

from tests.support.compat import agreed
from tests.support.graphs import chain


def replies(_state: MessagesState) -> dict[str, Any]:
    call = {"name": "look", "args": {"at": "it"}, "id": "1"}
    usage = {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}
    return {"messages": [AIMessage("", id="ai", tool_calls=[call], usage_metadata=usage, response_metadata={"m": 1})]}


def asks(state: MessagesState) -> dict[str, Any]:
    interrupt("go on?")
    reply = state["messages"][-1]
    assert isinstance(reply, AIMessage)
    assert reply.usage_metadata is not None
    seen = f"{reply.tool_calls[0]['args']['at']} {reply.usage_metadata['total_tokens']} {reply.response_metadata['m']}"
    return {"messages": [HumanMessage(seen, id="seen"), HumanMessage("edited", id="start"), RemoveMessage("ai")]}


async def test_keep_all_they_hold_over_a_wait_and_are_edited_and_removed_by_id(checkpoints: str) -> None:
    start = {"messages": [{"role": "user", "content": "hello", "id": "start"}]}
    output = await agreed(chain(replies, asks, schema=MessagesState), start, {"go on?": True}, checkpoints=checkpoints)
    assert [message["content"] for message in output["messages"]] == ["edited", "it 3 1"]
