"""Applications as users have them: folders with a langgraph.json."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

GRAPH = """
from typing import TypedDict
from langgraph.graph import START, StateGraph

class State(TypedDict):
    word: str

def node(state: State) -> State:
    return state

graph = StateGraph(State)
graph.add_node(node)
graph.add_edge(START, "node")
"""
"""A module with a graph."""


def write(folder: Path, files: Mapping[str, Any]) -> None:
    """Write files; what is no text and no bytes becomes JSON."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            file.write_text(content if isinstance(content, str) else json.dumps(content))
