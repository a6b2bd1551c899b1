"""Static breakpoints (`interrupt_before`, `interrupt_after`) that a thread stands at, also inside subgraphs.

Going on with None passes all of them, so an attempt that finds a thread at one must not, unless it was approved.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.constants import TAG_HIDDEN
from langgraph.pregel import Pregel
from langgraph.types import PregelTask, StateSnapshot

from orchestrator.activity.compiled import AnyGraph
from orchestrator.activity.open_step import OpenStep


@dataclass(frozen=True)
class Stop:
    """One breakpoint, in the graph or in a subgraph of its open step."""

    when: Literal["before", "after"]
    nodes: list[str]
    """With the subgraphs they are in: `review/publish`."""
    checkpoint_id: str
    """Of the graph that they belong to."""


async def stops(
    graph: AnyGraph, snapshot: StateSnapshot, saver: BaseCheckpointSaver[str], path: str = ""
) -> list[Stop]:
    """Every breakpoint that the thread stands at.

    Once a task of the step has left a trace (a write, a question, an error, a checkpoint of its own subgraph), the
    step's breakpoint has been passed. A subgraph that LangGraph does not list, because a node calls it in a way that
    cannot be seen from outside, is not looked into.
    """
    if not _has_breakpoints(graph):
        return []
    saved = await saver.aget_tuple(snapshot.config)
    step = OpenStep.of((saved.pending_writes if saved else None) or [])
    subgraphs = dict(graph.get_subgraphs())
    begun, found = bool(step.begun), list[Stop]()
    for task in snapshot.tasks:
        inner = subgraphs.get(task.name)
        if not isinstance(inner, Pregel) or task.id in step.finished:
            continue
        within = await _state_within(inner, task, snapshot, saver)
        if within is not None:
            begun = True
            found += await stops(inner, within, saver, f"{path}{task.name}/")
    if begun:
        return found
    checkpoint_id = snapshot.config["configurable"]["checkpoint_id"]
    if nodes := _matching(graph, graph.interrupt_before_nodes, snapshot, path):
        return [Stop("before", nodes, checkpoint_id)]
    if graph.interrupt_after_nodes and snapshot.parent_config is not None:
        parent = await graph.aget_state(_with(saver, snapshot.parent_config))
        if nodes := _matching(graph, graph.interrupt_after_nodes, parent, path):
            return [Stop("after", nodes, checkpoint_id)]
    return []


async def _state_within(
    inner: AnyGraph, task: PregelTask, outer: StateSnapshot, saver: BaseCheckpointSaver[str]
) -> StateSnapshot | None:
    """The state of a task's subgraph, if the task has begun in this step: one that keeps its memory has an older."""
    if not isinstance(task.state, dict) or inner.checkpointer is False:
        return None
    within = await inner.aget_state(_with(saver, task.state))
    where = outer.config["configurable"]
    parents = (within.metadata or {}).get("parents", {})
    return within if parents.get(where.get("checkpoint_ns", "")) == where["checkpoint_id"] else None


def _with(saver: BaseCheckpointSaver[str], config: RunnableConfig) -> RunnableConfig:
    """A subgraph has no checkpointer of its own: LangGraph hands it down under this key."""
    return {"configurable": {**config["configurable"], "__pregel_checkpointer": saver}}


def _has_breakpoints(graph: AnyGraph) -> bool:
    graphs = [graph, *(inner for _, inner in graph.get_subgraphs(recurse=True) if isinstance(inner, Pregel))]
    return any(one.interrupt_before_nodes or one.interrupt_after_nodes for one in graphs)


def _matching(graph: AnyGraph, nodes: Sequence[str] | Literal["*"], snapshot: StateSnapshot, path: str) -> list[str]:
    names = {task.name for task in snapshot.tasks}
    hidden = {name for name in names if name in graph.nodes and TAG_HIDDEN in (graph.nodes[name].tags or ())}
    return sorted(f"{path}{name}" for name in (names - hidden if nodes == "*" else names.intersection(nodes)))
