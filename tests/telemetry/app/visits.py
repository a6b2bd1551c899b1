"""A graph with all that a trace can show: a node in a thread, a subgraph, a question, and spans of the user's own."""

import operator
import os
import signal
from pathlib import Path
from typing import Annotated, Any, TypedDict

import structlog
from langchain_core.callbacks import BaseCallbackHandler
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt
from opentelemetry import trace

log = structlog.get_logger()


class State(TypedDict):
    """What the nodes did."""

    log: Annotated[list[str], operator.add]


class Own(BaseCallbackHandler):
    """The graph's own callbacks: they write down which graph began."""

    def on_chain_start(self, serialized: Any, inputs: Any, **kwargs: Any) -> None:  # noqa: ARG002
        if kwargs.get("parent_run_id") is None:
            with Path(os.environ["MARKS"]).open("a") as file:
                file.write(f"own callback {kwargs.get('name')}\n")


def admit(state: State) -> State:
    """Begins a span of its own, as a library would, and logs."""
    with trace.get_tracer("library").start_as_current_span("look up"):
        log.info("looked up")
    return {"log": ["admit"]}


async def weigh(state: State) -> State:
    """A node of the subgraph."""
    return {"log": ["weigh"]}


def decide(state: State) -> State:
    """Asks."""
    return {"log": [str(interrupt("treat?"))]}


def treat(state: State) -> State:
    """Dies in the middle, the first time, if KILL_INSIDE is set."""
    if os.environ.get("KILL_INSIDE") and not (flag := Path(os.environ["KILL_FLAG"])).exists():
        flag.write_text("inside the node `treat`\n")
        os.kill(os.getpid(), signal.SIGKILL)
    return {"log": ["treat"]}


examine = StateGraph(State).add_sequence([weigh]).add_edge(START, "weigh")

NODES: list[Any] = [admit, ("examine", examine.compile()), decide, treat]
visit = (
    StateGraph(State).add_sequence(NODES).add_edge(START, "admit").compile(name="visit").with_config(callbacks=[Own()])
)

short = StateGraph(State).add_sequence([admit, treat]).add_edge(START, "admit")
