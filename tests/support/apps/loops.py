"""Many steps of one node, in a thread that is pruned while it runs; each step writes down that it was done. In `deltas`
what they leave is spread over the history."""

import os
from pathlib import Path
from typing import Annotated, Any, TypedDict

from langgraph.channels.delta import DeltaChannel
from langgraph.graph import END, START, StateGraph

from orchestrator import Orchestrator
from tests.support.graphs import Builder, Log

STEPS = 60


def step(state: Any) -> Any:
    """Runs sixty times."""
    number = str(len(state["log"]))
    with Path(os.environ["MARKS"]).open("a") as file:
        file.write(f"{number}\n")
    return {"log": [number]}


class Deltas(TypedDict):
    log: Annotated[list[str], DeltaChannel(lambda log, writes: sum(writes, log), snapshot_frequency=12)]


def looped(schema: Any) -> Builder:
    graph: Builder = StateGraph(schema)
    graph.add_node("step", step)
    graph.add_edge(START, "step")
    graph.add_conditional_edges("step", lambda state: END if len(state["log"]) == STEPS else "step", ["step", END])
    return graph


app = Orchestrator("loops")
app.graph(looped(Log), name="loops", keep="waits")
app.graph(looped(Deltas), name="deltas", keep="waits")
