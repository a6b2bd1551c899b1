"""Many steps of one node, in a thread that is pruned while it runs; each step writes down that it was done."""

import os
from pathlib import Path

from langgraph.graph import END, START, StateGraph

from orchestrator import Orchestrator
from tests.support.graphs import Builder, Log

STEPS = 60


def step(state: Log) -> Log:
    """Runs sixty times."""
    number = str(len(state["log"]))
    with Path(os.environ["MARKS"]).open("a") as file:
        file.write(f"{number}\n")
    return {"log": [number]}


graph: Builder = StateGraph(Log)
graph.add_node(step)
graph.add_edge(START, "step")
graph.add_conditional_edges("step", lambda state: END if len(state["log"]) == STEPS else "step", ["step", END])

app = Orchestrator("loops")
app.graph(graph, name="loops", keep="waits")
