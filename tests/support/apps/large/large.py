"""A graph whose input, question and output are too large for Temporal's history."""

from typing import TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.types import interrupt


class State(TypedDict, total=False):
    """Megabytes of text."""

    text: str
    answer: str


def doubles(state: State) -> State:
    """The text, twice."""
    return {"text": state["text"] * 2}


def asks(state: State) -> State:
    """A question as large as the text."""
    return {"answer": interrupt({"title": "Fine?", "text": state["text"]})}


graph = (
    StateGraph(State)
    .add_node("doubles", doubles)
    .add_node("asks", asks)
    .add_edge(START, "doubles")
    .add_edge("doubles", "asks")
    .add_edge("asks", END)
)
