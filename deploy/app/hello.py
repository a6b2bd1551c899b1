"""The application that the Compose file runs until it is given another: one graph, which asks one question."""  # noqa: INP001 - a folder on the path, no package

from typing import TypedDict

from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from orchestrator import Orchestrator


class Greeting(TypedDict, total=False):
    """What the graph knows."""

    name: str
    text: str


def greet(state: Greeting) -> Greeting:
    """A greeting, once somebody has approved of it; a worker may be replaced while it waits."""
    approved = interrupt(f"Shall I greet {state['name']}?")
    return {"text": f"Hello {state['name']}!" if approved else "Not today."}


builder = StateGraph(Greeting)
builder.add_node(greet)
builder.add_edge(START, "greet")

app = Orchestrator("hello")
app.graph(builder, name="hello")
